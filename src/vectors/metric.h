// What "near" means, and how every metric becomes one: the squared Euclidean distance.
#ifndef SEMEME_VECTORS_METRIC_H_
#define SEMEME_VECTORS_METRIC_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "sememe/types.h"

namespace sememe::vectors {

enum class Metric {
  kCosine,        ///< of the angle between two vectors
  kInnerProduct,  ///< of vectors of any length
  kL2,            ///< Euclidean distance
};

/// "cosine", "ip", "l2".
std::string_view metric_name(Metric metric);
std::optional<Metric> parse_metric(std::string_view name);

/// Vectors as an index holds them: near by squared Euclidean distance where the caller's are near
/// by the metric.
///
///   cosine         vectors at length one: |x - q|^2 = 2 - 2 cos
///   inner product  one more coordinate, sqrt(M^2 - |x|^2) of rows and 0 of queries, M the longest
///                  row, and queries at length M, which changes no order:
///                  |x - q|^2 = 2 M^2 - 2 x.q (Bachrach et al. 2014, "Speeding up the Xbox
///                  recommender system using a Euclidean transformation for inner-product spaces")
///   L2             as they are
class MetricSpace {
 public:
  /// longest: M, at least the length of every row; only the inner product uses it.
  MetricSpace(Metric metric, std::size_t dims, float longest = 0);

  Metric metric() const { return metric_; }
  /// Of the caller's vectors.
  std::size_t outer_dims() const { return outer_dims_; }
  /// Of those inside.
  std::size_t dims() const { return outer_dims_ + (metric_ == Metric::kInnerProduct ? 1 : 0); }

  /// out [dims] = the row x [outer_dims], or the query, as it is inside. Rounded once a number.
  /// A vector of zeros has no direction: under the cosine it stays zeros and false is returned;
  /// its similarity is 0, which distances do not say.
  bool map_row(std::span<const float> x, std::span<float> out) const;
  bool map_query(std::span<const float> x, std::span<float> out) const;

  /// The squared distance inside of a row and a query x whose similarity is this (neighbor.h).
  float distance_of(float similarity, std::span<const float> x) const;

 private:
  double query_factor(std::span<const float> x) const;

  Metric metric_;
  std::size_t outer_dims_;
  float longest_square_;
};

/// The squared length, summed in double.
double squared_length(std::span<const float> x);
/// Throws Error(kInvalidArgument) that names the first number that is not finite.
void check_finite(std::span<const float> x);
/// out = x at length one; false, and zeros, for a vector of zeros.
bool to_unit_length(std::span<const float> x, std::span<float> out);
/// The length of the longest row; 0 for none.
float longest_row(MatrixView rows);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_METRIC_H_
