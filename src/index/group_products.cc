#include "index/group_products.h"

#include <algorithm>

#include "base/error_context.h"

namespace sememe::index {
namespace {

void gather(const GraphPoints& points, std::span<const Node> nodes, std::vector<float>& out) {
  out.clear();
  out.reserve(nodes.size() * points.dims());
  for (const Node p : nodes) {
    const std::span<const float> x = points.rotated(p);
    out.insert(out.end(), x.begin(), x.end());
  }
}

kernels::QuantizedWeights packed(const GraphPoints& points, std::span<const Node> group) {
  std::vector<float> rows;
  gather(points, group, rows);
  std::vector<float> bias(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) bias[i] = -0.5F * points.scale(group[i]).square;
  return {rows, bias, points.dims(), {}, kernels::Quantization::kInt8};
}

}  // namespace

GroupProducts::GroupProducts(const GraphPoints& points, std::span<const Node> group)
    : points_(points), weights_(packed(points, group)) {}

MatrixView GroupProducts::closeness(std::span<const Node> nodes, Scratch& scratch) const {
  SEMEME_CHECK(nodes.size() <= kRows);
  gather(points_, nodes, scratch.rotated);
  scratch.rows.grow(kRows, points_.dims());
  const kernels::QuantizedView rows = scratch.rows.from(0);
  kernels::quantize(nodes.size(), {.data = scratch.rotated.data(), .stride = points_.dims()}, {},
                    rows);
  scratch.closeness.grow(kRows * size());
  kernels::quantized_gemm(nodes.size(), rows, weights_,
                          {.data = scratch.closeness.data(), .stride = size()},
                          kernels::QuantizedEpilogue::kBias);
  return {.data = scratch.closeness.data(), .rows = nodes.size(), .cols = size()};
}

}  // namespace sememe::index
