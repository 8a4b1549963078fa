#include "kernels/feed_forward.h"

#include <algorithm>
#include <cstdint>

#include "base/error_context.h"
#include "kernels/blocking.h"
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kLine = 16;  // floats

void check_shapes(const PackedWeights& up, const PackedWeights& down) {
  SEMEME_CHECK(up.isa() == down.isa() && up.n() == down.k() && up.k() == down.n());
}

float* align(float* scratch) {
  return scratch + (-reinterpret_cast<std::uintptr_t>(scratch) / sizeof(float)) % kLine;
}

}  // namespace

std::size_t feed_forward_scratch(std::size_t m, const PackedWeights& up,
                                 const PackedWeights& down) {
  check_shapes(up, down);
  const KernelTable& table = kernel_table(up.isa());
  if (table.feed_forward != nullptr) {
    return table.feed_forward_scratch(m, up.k(), up.n()) + kLine;
  }
  return std::min(m, block_rows(up.n())) * up.n();
}

void feed_forward(std::size_t m, Rows x, const PackedWeights& up, const PackedWeights& down,
                  std::span<float> scratch) {
  SEMEME_CHECK(scratch.size() >= feed_forward_scratch(m, up, down));
  const KernelTable& table = kernel_table(up.isa());
  if (table.feed_forward != nullptr) {
    return table.feed_forward({.m = m,
                               .hidden = up.k(),
                               .wide = up.n(),
                               .x = x.data,
                               .ld = x.stride,
                               .up = up.panels(),
                               .up_bias = up.bias(),
                               .down = down.panels(),
                               .down_bias = down.bias(),
                               .scratch = align(scratch.data())});
  }
  const Rows wide = {scratch.data(), up.n()};
  const std::size_t step = block_rows(up.n());
  for (std::size_t row = 0; row < m; row += step) {
    const std::size_t count = std::min(step, m - row);
    const Rows block = {x.data + row * x.stride, x.stride};
    gemm(count, {block.data, block.stride}, up, wide,
         {.epilogue = Epilogue::kGelu, .residual = {}});
    gemm(count, {wide.data, wide.stride}, down, block,
         {.epilogue = Epilogue::kResidual, .residual = {block.data, block.stride}});
  }
}

}  // namespace sememe::kernels
