#include "kernels/gemm.h"

#include <algorithm>

#include "base/error_context.h"
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

// A block of A (rows x K) of at most this many bytes, so that it and one panel of W share a 1 MiB
// L2 cache.
constexpr std::size_t kBlockBytes = 256 << 10;
constexpr std::size_t kRowStep = 6;

std::size_t block_rows(std::size_t k) {
  const std::size_t rows = kBlockBytes / (sizeof(float) * std::max<std::size_t>(k, 1));
  return std::max(rows / kRowStep, std::size_t{4}) * kRowStep;
}

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

// Of this thread; as large as the largest product so far needed, which the model bounds.
float* gemm_scratch(std::size_t floats) {
  thread_local AlignedFloats scratch;
  scratch.grow(floats);
  return scratch.data();
}

}  // namespace

PackedWeights::PackedWeights(std::size_t n, std::size_t k, Isa isa) : n_(n), k_(k), isa_(isa) {
  const KernelTable& table = kernel_table(isa);
  const std::size_t padded = round_up(n, table.panel_width);
  panels_ = AlignedFloats(padded * round_up(k, table.panel_depth));
  bias_ = AlignedFloats(padded);
}

void PackedWeights::fill(std::size_t first, const float* rows, std::span<const float> bias) {
  SEMEME_CHECK(first <= n_ && bias.size() <= n_ - first);
  const KernelTable& table = kernel_table(isa_);
  std::copy(bias.begin(), bias.end(), bias_.data() + first);
  if (table.pack != nullptr) {
    return table.pack(
        {.rows = rows, .k = k_, .first = first, .count = bias.size(), .panels = panels_.data()});
  }
  const std::size_t width = table.panel_width;
  // A cache line of each row at a time: the 16 x width block that is written stays in L1.
  constexpr std::size_t kLine = 16;
  for (std::size_t column = first; column < first + bias.size();) {
    const std::size_t end = std::min((column / width + 1) * width, first + bias.size());
    float* panel = panels_.data() + column / width * width * k_;
    for (std::size_t begin = 0; begin < k_; begin += kLine) {
      const std::size_t stop = std::min(begin + kLine, k_);
      for (std::size_t c = column; c < end; ++c) {
        const float* from = rows + (c - first) * k_;
        float* to = panel + c % width;
        for (std::size_t i = begin; i < stop; ++i) to[i * width] = from[i];
      }
    }
    column = end;
  }
}

void gemm(std::size_t m, ConstRows a, const PackedWeights& weights, Rows c,
          const GemmOptions& options) {
  const bool residual = options.epilogue == Epilogue::kResidual;
  SEMEME_CHECK(m == 0 || residual == (options.residual.data != nullptr));
  const KernelTable& table = kernel_table(weights.isa());
  const bool whole = table.gemm_scratch != nullptr;
  const std::size_t step = whole ? std::max<std::size_t>(m, 1) : block_rows(weights.k());
  float* scratch = whole ? gemm_scratch(table.gemm_scratch(m, weights.n(), weights.k())) : nullptr;
  for (std::size_t row = 0; row < m; row += step) {
    table.gemm(
        {.m = std::min(step, m - row),
         .n = weights.n(),
         .k = weights.k(),
         .a = a.data + row * a.stride,
         .lda = a.stride,
         .panels = weights.panels(),
         .bias = weights.bias(),
         .c = c.data + row * c.stride,
         .ldc = c.stride,
         .residual = residual ? options.residual.data + row * options.residual.stride : nullptr,
         .ldr = options.residual.stride,
         .epilogue = options.epilogue,
         .scratch = scratch});
  }
}

}  // namespace sememe::kernels
