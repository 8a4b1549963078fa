// The rows of a graph index as its builder sees them: rotated, in f32 and as bytes.
#ifndef SEMEME_INDEX_GRAPH_POINTS_H_
#define SEMEME_INDEX_GRAPH_POINTS_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/aligned.h"
#include "kernels/byte_dot.h"
#include "sememe/types.h"
#include "vectors/byte_codes.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::index {

/// Rows of one index within it.
using Node = std::uint32_t;
inline constexpr Node kNoNode = ~Node{0};

/// A node and its squared distance from something.
struct Near {
  float distance = 0;
  Node node = kNoNode;
  /// Nearer first, equal ones by node: an order of any set, whichever way it came about.
  friend auto operator<=>(const Near&, const Near&) = default;
};

/// |a - b|^2 of two coded vectors, from the product of their codes.
inline float squared_distance(const vectors::ByteScale& a, const vectors::ByteScale& b,
                              std::int32_t product) {
  const float inner = a.scale * b.scale * static_cast<float>(product);
  return std::max(0.0F, a.square + b.square - 2.0F * inner);
}

/// Immutable. Memory: 5 bytes a rotated dimension.
class GraphPoints {
 public:
  /// Row chosen[p] becomes node p. Throws Error(kInvalidArgument), naming a row, for a number that
  /// is not finite.
  GraphPoints(MatrixView rows, std::span<const std::uint32_t> chosen,
              const vectors::MetricSpace& space, const vectors::Rotation& rotation,
              ThreadPool& pool);

  std::size_t size() const { return scales_.size(); }
  /// Of rotated vectors and codes: a multiple of 64.
  std::size_t dims() const { return dims_; }
  std::span<const float> rotated(Node p) const { return {rotated_.data() + p * dims_, dims_}; }
  std::span<const std::int8_t> code(Node p) const { return {codes_.data() + p * dims_, dims_}; }
  const vectors::ByteScale& scale(Node p) const { return scales_[p]; }
  kernels::ByteRows codes() const { return {.data = codes_.data(), .stride = dims_}; }

 private:
  std::size_t dims_;
  kernels::AlignedFloats rotated_;
  kernels::AlignedArray<std::int8_t> codes_;
  std::vector<vectors::ByteScale> scales_;
};

/// The mean of all rotated vectors; of at least one. The same for any number of threads.
std::vector<double> mean_of(const GraphPoints& points, ThreadPool& pool);
/// The node nearest to the mean of all; 0 for none. The same for any number of threads.
Node medoid(const GraphPoints& points, ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_POINTS_H_
