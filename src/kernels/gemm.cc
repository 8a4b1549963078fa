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

}  // namespace

PackedWeights::PackedWeights(std::size_t n, std::size_t k, Isa isa) : n_(n), k_(k), isa_(isa) {
  const std::size_t width = kernel_table(isa).panel_width;
  const std::size_t padded = (n + width - 1) / width * width;
  panels_ = AlignedFloats(padded * k);
  bias_ = AlignedFloats(padded);
}

void PackedWeights::fill(std::size_t first, const float* rows, std::span<const float> bias) {
  SEMEME_CHECK(first <= n_ && bias.size() <= n_ - first);
  const std::size_t width = kernel_table(isa_).panel_width;
  std::copy(bias.begin(), bias.end(), bias_.data() + first);
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
  const std::size_t step = block_rows(weights.k());
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
         .epilogue = options.epilogue});
  }
}

}  // namespace sememe::kernels
