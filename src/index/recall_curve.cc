#include "index/recall_curve.h"

#include <algorithm>
#include <cmath>

namespace sememe::index {
namespace {

// Where nothing was sampled: far on the safe side for what is then a small index.
constexpr double kVisitsPerResult = 20;

// Visits as their logarithm, which is what interpolations are between.
struct Point {
  double log_visits = 0;
  double slack = 0;
};

Point point_of(const RecallAtEffort& at) {
  return {std::log(static_cast<double>(at.visits)), at.slack};
}

Point between(const Point& from, const Point& to, double part) {
  return {std::lerp(from.log_visits, to.log_visits, part),
          std::isinf(from.slack) || std::isinf(to.slack) ? double{kAnyDistance}
                                                         : std::lerp(from.slack, to.slack, part)};
}

Point point_on(std::span<const RecallAtEffort> curve, double recall, std::size_t results) {
  if (curve.empty())
    return {std::log(kVisitsPerResult * static_cast<double>(results)), kAnyDistance};
  const auto above = std::ranges::find_if(
      curve, [recall](const RecallAtEffort& at) { return at.recall >= recall; });
  if (above == curve.end()) return point_of(curve.back());
  if (above == curve.begin()) return point_of(*above);
  const RecallAtEffort& below = *(above - 1);
  return between(point_of(below), point_of(*above),
                 (recall - below.recall) / (above->recall - below.recall));
}

}  // namespace

Effort RecallCurves::effort_for(double recall, std::size_t k) const {
  const auto point_of_curve = [&](std::size_t s) {
    return point_on(curves[s], recall, kSampledResults[s]);
  };
  const double results = static_cast<double>(k);
  std::size_t next = 0;  // the first sampled number that is not below k
  while (next < kSampledResults.size() && kSampledResults[next] < k) ++next;
  Point point;
  if (next == 0) {
    point = point_of_curve(0);
  } else if (next == kSampledResults.size()) {
    point = point_of_curve(next - 1);
    point.log_visits += std::log(results / static_cast<double>(kSampledResults.back()));
  } else {
    const double fewer = static_cast<double>(kSampledResults[next - 1]);
    const double more = static_cast<double>(kSampledResults[next]);
    point = between(point_of_curve(next - 1), point_of_curve(next),
                    std::log(results / fewer) / std::log(more / fewer));
  }
  return {.visits = std::max(k, static_cast<std::size_t>(std::llround(std::exp(point.log_visits)))),
          .slack = static_cast<float>(point.slack)};
}

}  // namespace sememe::index
