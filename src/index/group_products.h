// Distances of many nodes to all nodes of a group, as a product of matrices of 8-bit integers.
#ifndef SEMEME_INDEX_GROUP_PRODUCTS_H_
#define SEMEME_INDEX_GROUP_PRODUCTS_H_

#include <cstddef>
#include <span>
#include <vector>

#include "index/graph_points.h"
#include "kernels/quantized.h"

namespace sememe::index {

/// Immutable: a group packed for products (kernels/quantized.h: the same bits on every tier).
class GroupProducts {
 public:
  /// Rows whose closeness is computed at a time.
  static constexpr std::size_t kRows = 64;

  GroupProducts(const GraphPoints& points, std::span<const Node> group);

  std::size_t size() const { return weights_.n(); }

  /// One thread's memory.
  struct Scratch {
    std::vector<float> rotated;
    kernels::QuantizedRows rows{kernels::Quantization::kInt8, active_isa()};
    kernels::AlignedFloats closeness;
  };
  /// [nodes.size(), size()]: of each node a and member b, a.b - |b|^2 / 2, which is larger for
  /// nearer members: |a - b|^2 = |a|^2 - 2 closeness. Members in the order of the group; at most
  /// kRows nodes. Valid until the next call with this scratch.
  MatrixView closeness(std::span<const Node> nodes, Scratch& scratch) const;

 private:
  const GraphPoints& points_;
  kernels::QuantizedWeights weights_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROUP_PRODUCTS_H_
