#include "kernels/attention.h"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/error_context.h"
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

// Both are whole numbers of the widest register, whatever the tier.
constexpr std::size_t kRegister = 16;

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

struct Layout {
  explicit Layout(const AttentionShape& shape)
      : padded_tokens(round_up(shape.tokens, kernel_table(shape.isa).panel_width)),
        padded_dim(round_up(shape.head_dim, kRegister)),
        keys(padded_tokens * shape.head_dim),
        values(shape.tokens * padded_dim),
        scores(kAttentionRows * padded_tokens) {}
  std::size_t padded_tokens, padded_dim, keys, values, scores;
};

// The scratch of a tier with a layout of its own begins on a cache line.
float* align(float* scratch) {
  return scratch + (-reinterpret_cast<std::uintptr_t>(scratch) / sizeof(float)) % kRegister;
}

}  // namespace

std::size_t attention_scratch(const AttentionShape& shape) {
  const KernelTable& table = kernel_table(shape.isa);
  if (table.attention_scratch != nullptr) {
    return table.attention_scratch(shape.tokens, shape.head_dim) + kRegister;
  }
  const Layout layout(shape);
  return layout.keys + layout.values + layout.scores;
}

void attention(const AttentionShape& shape, ConstRows qkv, Rows out, std::span<float> scratch) {
  const Layout layout(shape);
  SEMEME_CHECK(scratch.size() >= attention_scratch(shape));
  float* keys = scratch.data();
  float* values = keys + layout.keys;
  kernel_table(shape.isa).attention(
      {.tokens = shape.tokens,
       .heads = shape.heads,
       .head_dim = shape.head_dim,
       .padded_tokens = layout.padded_tokens,
       .padded_dim = layout.padded_dim,
       .scale =
           static_cast<float>(std::numbers::log2e / std::sqrt(static_cast<double>(shape.head_dim))),
       .qkv = qkv.data,
       .ld = qkv.stride,
       .out = out.data,
       .ld_out = out.stride,
       .keys = keys,
       .values = values,
       .scores = values + layout.values,
       .scratch = align(scratch.data())});
}

}  // namespace sememe::kernels
