#include "kernels/gemm.h"

#include <algorithm>

#include "base/error_context.h"
#include "kernels/blocking.h"
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

// Floats of the panels of W [n, k].
std::size_t panel_floats(std::size_t n, std::size_t k, const KernelTable& table) {
  return round_up(n, table.panel_width) * round_up(k, table.panel_depth);
}

// Of this thread; as large as the largest product so far needed, which the model bounds.
float* gemm_scratch(std::size_t floats) {
  thread_local AlignedFloats scratch;
  scratch.grow(floats);
  return scratch.data();
}

}  // namespace

std::string packed_layout(Isa isa) {
  const KernelTable& table = kernel_table(isa);
  return concat(table.pack != nullptr ? "bf16x" : "f32x", table.panel_width);
}

PackedWeights::PackedWeights(std::size_t n, std::size_t k, Isa isa) : n_(n), k_(k), isa_(isa) {
  const std::size_t size = byte_size(n, k, isa);
  owned_ = AlignedFloats::uninitialized(size / sizeof(float));
  bytes_ = {reinterpret_cast<const std::uint8_t*>(owned_.data()), size};
  // fill() writes the columns of W; those behind them, in the last panel, are zeros.
  const KernelTable& table = kernel_table(isa);
  const std::size_t whole = panel_floats(n / table.panel_width * table.panel_width, k, table);
  std::fill(owned_.data() + whole, owned_.data() + size / sizeof(float), 0.0F);
}

PackedWeights::PackedWeights(std::size_t n, std::size_t k, Isa isa,
                             std::span<const std::uint8_t> bytes)
    : n_(n), k_(k), isa_(isa), bytes_(bytes) {
  SEMEME_CHECK(bytes.size() == byte_size(n, k, isa));
  SEMEME_CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
}

std::size_t PackedWeights::byte_size(std::size_t n, std::size_t k, Isa isa) {
  const KernelTable& table = kernel_table(isa);
  return (panel_floats(n, k, table) + round_up(n, table.panel_width)) * sizeof(float);
}

const float* PackedWeights::bias() const {
  return panels() + panel_floats(n_, k_, kernel_table(isa_));
}

void PackedWeights::fill(std::size_t first, const float* rows, std::span<const float> bias) {
  SEMEME_CHECK(first <= n_ && bias.size() <= n_ - first && owned_.data() != nullptr);
  const KernelTable& table = kernel_table(isa_);
  float* const panels = owned_.data();
  std::copy(bias.begin(), bias.end(), panels + panel_floats(n_, k_, table) + first);
  if (table.pack != nullptr) {
    return table.pack(
        {.rows = rows, .k = k_, .first = first, .count = bias.size(), .panels = panels});
  }
  const std::size_t width = table.panel_width;
  // A cache line of each row at a time: the 16 x width block that is written stays in L1.
  constexpr std::size_t kLine = 16;
  for (std::size_t column = first; column < first + bias.size();) {
    const std::size_t end = std::min((column / width + 1) * width, first + bias.size());
    float* panel = panels + column / width * width * k_;
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
