#include "vectors/metric.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"

namespace sememe::vectors {
std::string_view metric_name(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return "cosine";
    case Metric::kInnerProduct:
      return "ip";
    case Metric::kL2:
      return "l2";
  }
  return "unknown";
}

std::optional<Metric> parse_metric(std::string_view name) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    if (name == metric_name(metric)) return metric;
  }
  return std::nullopt;
}

MetricSpace::MetricSpace(Metric metric, std::size_t dims, float longest)
    : metric_(metric), outer_dims_(dims), longest_square_(longest * longest) {}

bool MetricSpace::map_row(std::span<const float> x, std::span<float> out) const {
  SEMEME_CHECK(x.size() == outer_dims_ && out.size() == dims());
  if (metric_ == Metric::kCosine) return to_unit_length(x, out);
  std::ranges::copy(x, out.begin());
  if (metric_ == Metric::kInnerProduct) {
    const double rest = double{longest_square_} - squared_length(x);
    out[outer_dims_] = static_cast<float>(std::sqrt(std::max(rest, 0.0)));
  }
  return true;
}

bool MetricSpace::map_query(std::span<const float> x, std::span<float> out) const {
  SEMEME_CHECK(x.size() == outer_dims_ && out.size() == dims());
  if (metric_ == Metric::kCosine) return to_unit_length(x, out);
  if (metric_ == Metric::kL2) {
    std::ranges::copy(x, out.begin());
    return true;
  }
  const double factor = query_factor(x);
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = static_cast<float>(double{x[i]} * factor);
  out[outer_dims_] = 0;
  return true;
}

// Of the inner product.
double MetricSpace::query_factor(std::span<const float> x) const {
  const double square = squared_length(x);
  return square > 0 ? std::sqrt(double{longest_square_} / square) : 0.0;
}

float MetricSpace::distance_of(float similarity, std::span<const float> x) const {
  switch (metric_) {
    case Metric::kCosine:
      return 2 - 2 * similarity;
    case Metric::kInnerProduct:
      return static_cast<float>(2 *
                                (double{longest_square_} - double{similarity} * query_factor(x)));
    case Metric::kL2:
      return -similarity;
  }
  return 0;
}

double squared_length(std::span<const float> x) {
  double sum = 0;
  for (const float value : x) sum += double{value} * double{value};
  return sum;
}

void check_finite(std::span<const float> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isfinite(x[i])) continue;
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected finite numbers, found ", x[i], " at column ", i));
  }
}

bool to_unit_length(std::span<const float> x, std::span<float> out) {
  const double square = squared_length(x);
  const double factor = square > 0 ? 1.0 / std::sqrt(square) : 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = static_cast<float>(double{x[i]} * factor);
  return square > 0;
}

float longest_row(MatrixView rows) {
  double longest = 0;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    longest = std::max(longest, squared_length(rows.row(r)));
  }
  return std::nextafter(static_cast<float>(std::sqrt(longest)), INFINITY);
}

}  // namespace sememe::vectors
