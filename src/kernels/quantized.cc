#include "kernels/quantized.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/error_context.h"
#include "kernels/quantized_table.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kPanelColumns = 16;
constexpr std::size_t kColumnStep = 64;  // whole blocks of every tier
constexpr std::size_t kDepthStep = 64;   // a tile
constexpr std::size_t kRowStep = 32;     // two tiles

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

std::size_t level_bytes(Quantization quantization) {
  return quantization == Quantization::kInt8 ? 1 : 2;
}

// The largest integer of a weight.
std::int32_t weight_limit(Quantization quantization) {
  return quantization == Quantization::kInt8 ? 127 : 4095;
}

// One output: its weights as integers, and what they are multiples of. 16-bit integers are made
// smaller where levels of one sign alone could carry a sum past 2^31.
float quantize_output(std::span<const float> weight, std::span<const float> factors,
                      Quantization quantization, std::span<std::int32_t> integers) {
  std::vector<double> values(weight.size());
  double highest = 0;
  double positive = 0;
  double negative = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    values[i] = factors.empty() ? double{weight[i]} : double{weight[i]} / double{factors[i]};
    highest = std::max(highest, std::abs(values[i]));
    (values[i] > 0 ? positive : negative) += std::abs(values[i]);
  }
  if (!std::isfinite(positive + negative)) {
    throw Error(ErrorCode::kCorrupt, "weights: expected finite numbers, found one that is not");
  }
  if (highest == 0) {
    std::ranges::fill(integers, 0);
    return 0.0F;
  }
  const double largest_sum = std::numeric_limits<std::int32_t>::max() /
                             static_cast<double>(activation_levels(quantization));
  // Rounding adds at most one half to each of K integers.
  const double room = largest_sum - static_cast<double>(weight.size());
  double step = highest / weight_limit(quantization);
  step = std::max(step, std::max(positive, negative) / std::max(room, 1.0));
  const float scale = static_cast<float>(step);
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double integer = std::nearbyint(values[i] / double{scale});
    const double limit = weight_limit(quantization);
    integers[i] = static_cast<std::int32_t>(std::clamp(integer, -limit, limit));
  }
  return scale;
}

// Where integer k of column j of a panel lies; padded: levels a row.
void put_integer(QuantizedLayout layout, std::uint8_t* panel, std::size_t padded, std::size_t k,
                 std::size_t j, std::int32_t integer) {
  const std::size_t narrow = k / 4 * 64 + 4 * j + k % 4;
  if (layout == QuantizedLayout::kInt8) {
    panel[narrow] = static_cast<std::uint8_t>(integer);
  } else if (layout == QuantizedLayout::kInt16) {
    const auto value = static_cast<std::int16_t>(integer);
    std::memcpy(panel + k / 2 * 64 + 4 * j + k % 2 * 2, &value, sizeof(value));
  } else {
    // 256 high + low, both signed.
    const auto low = static_cast<std::int8_t>(static_cast<std::uint8_t>(integer & 0xFF));
    panel[narrow] = static_cast<std::uint8_t>((integer - low) / 256);
    panel[16 * padded + narrow] = static_cast<std::uint8_t>(low);
  }
}

const QuantizedTable& table_of(const QuantizedView& view) {
  return quantized_table(view.quantization, view.isa);
}

RowsBlock block_of(const QuantizedView& view) {
  return {.data = view.data, .stride = view.stride, .scale = view.scale, .low = view.low};
}

QuantizedGemmBlock gemm_block(std::size_t m, const QuantizedView& a,
                              const QuantizedWeights& weights, Rows c) {
  SEMEME_CHECK(m <= a.capacity && a.k == weights.k());
  SEMEME_CHECK(a.quantization == weights.quantization() && a.isa == weights.isa());
  return {.m = m,
          .n = weights.n(),
          .k = weights.padded_k(),
          .a = block_of(a),
          .panels = weights.panels(),
          .scales = weights.scales(),
          .column_sums = weights.column_sums(),
          .bias = weights.bias(),
          .c = c.data,
          .ldc = c.stride,
          .epilogue = QuantizedEpilogue::kBias,
          .out = {},
          .out_padded = 0};
}

}  // namespace

QuantizedLayout quantized_layout(Quantization quantization, Isa isa) {
  if (quantization == Quantization::kInt8) return QuantizedLayout::kInt8;
  return isa == Isa::kAmx ? QuantizedLayout::kInt16Planes : QuantizedLayout::kInt16;
}

const QuantizedTable& quantized_table(Quantization quantization, Isa isa) {
  const bool narrow = quantization == Quantization::kInt8;
#if defined(__x86_64__)
  if (isa == Isa::kAmx) return narrow ? kAmxInt8 : kAmxInt16;
  if (isa == Isa::kAvx512) return narrow ? kAvx512Int8 : kAvx512Int16;
  if (isa == Isa::kAvxVnni) return narrow ? kAvxVnniInt8 : kAvxVnniInt16;
  if (isa == Isa::kAvx2) return narrow ? kAvx2Int8 : kAvx2Int16;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return narrow ? kNeonInt8 : kNeonInt16;
#endif
  static_cast<void>(isa);
  return narrow ? kScalarInt8 : kScalarInt16;
}

std::size_t QuantizedWeights::padded_k() const { return round_up(k_, kDepthStep); }

std::size_t QuantizedWeights::byte_size(std::size_t n, std::size_t k, Quantization quantization) {
  const std::size_t columns = round_up(n, kColumnStep);
  return columns * (3 * sizeof(float) + round_up(k, kDepthStep) * level_bytes(quantization));
}

const float* QuantizedWeights::floats(std::size_t which) const {
  return reinterpret_cast<const float*>(bytes_.data()) + which * round_up(n_, kColumnStep);
}

const std::uint8_t* QuantizedWeights::panels() const {
  return bytes_.data() + 3 * sizeof(float) * round_up(n_, kColumnStep);
}

QuantizedWeights::QuantizedWeights(std::size_t n, std::size_t k, Quantization quantization, Isa isa,
                                   std::span<const std::uint8_t> bytes)
    : n_(n), k_(k), quantization_(quantization), isa_(isa), bytes_(bytes) {
  SEMEME_CHECK(bytes.size() == byte_size(n, k, quantization));
  SEMEME_CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
}

QuantizedWeights::QuantizedWeights(std::span<const float> weight, std::span<const float> bias,
                                   std::size_t k, std::span<const float> factors,
                                   Quantization quantization, Isa isa)
    : n_(bias.size()), k_(k), quantization_(quantization), isa_(isa) {
  SEMEME_CHECK(weight.size() == n_ * k && (factors.empty() || factors.size() == k));
  const std::size_t size = byte_size(n_, k, quantization);
  owned_ = AlignedFloats(size / sizeof(float));
  auto* memory = reinterpret_cast<std::uint8_t*>(owned_.data());
  bytes_ = {memory, size};
  const std::size_t columns = round_up(n_, kColumnStep);
  float* const scales = owned_.data();
  std::uint8_t* const first_panel = memory + 3 * sizeof(float) * columns;
  const std::size_t panel_bytes = kPanelColumns * padded_k() * level_bytes(quantization);
  const QuantizedLayout layout = quantized_layout(quantization, isa);
  std::vector<std::int32_t> integers(k);
  for (std::size_t column = 0; column < n_; ++column) {
    const float scale =
        quantize_output(weight.subspan(column * k, k), factors, quantization, integers);
    std::int64_t sum = 0;
    std::uint8_t* panel = first_panel + column / kPanelColumns * panel_bytes;
    for (std::size_t i = 0; i < k; ++i) {
      sum += integers[i];
      put_integer(layout, panel, padded_k(), i, column % kPanelColumns, integers[i]);
    }
    scales[column] = scale;
    scales[columns + column] = static_cast<float>(double{scale} * static_cast<double>(sum));
    scales[2 * columns + column] = bias[column];
  }
}

void QuantizedRows::reset(Quantization quantization, Isa isa) {
  quantization_ = quantization;
  isa_ = isa;
}

void QuantizedRows::grow(std::size_t m, std::size_t k) {
  k_ = k;
  capacity_ = std::max(capacity_, m);
  // From any row on, tiles read whole blocks of rows.
  levels_.grow((capacity_ + kRowStep) * round_up(k, kDepthStep) * level_bytes(quantization_) /
               sizeof(float));
  scale_.grow(capacity_);
  low_.grow(capacity_);
}

QuantizedView QuantizedRows::from(std::size_t first) {
  SEMEME_CHECK(first <= capacity_);
  const std::size_t stride = round_up(k_, kDepthStep) * level_bytes(quantization_);
  return {.data = reinterpret_cast<std::uint8_t*>(levels_.data()) + first * stride,
          .stride = stride,
          .capacity = capacity_ - first,
          .k = k_,
          .scale = scale_.data() + first,
          .low = low_.data() + first,
          .quantization = quantization_,
          .isa = isa_};
}

void quantize(std::size_t m, ConstRows x, std::span<const float> factors,
              const QuantizedView& rows) {
  SEMEME_CHECK(m <= rows.capacity && (factors.empty() || factors.size() == rows.k));
  table_of(rows).quantize({.m = m,
                           .n = rows.k,
                           .padded = round_up(rows.k, kDepthStep),
                           .x = x.data,
                           .ld = x.stride,
                           .factors = factors.empty() ? nullptr : factors.data(),
                           .rows = block_of(rows)});
}

void layer_norm_quantize(std::size_t m, Rows x, const LayerNorm& norm,
                         std::span<const float> factors, const QuantizedView& rows) {
  SEMEME_CHECK(m <= rows.capacity && (factors.empty() || factors.size() == rows.k));
  SEMEME_CHECK(norm.gamma.size() == rows.k && norm.beta.size() == rows.k);
  table_of(rows).norm_quantize({.norm = {.m = m,
                                         .n = rows.k,
                                         .x = x.data,
                                         .ld = x.stride,
                                         .gamma = norm.gamma.data(),
                                         .beta = norm.beta.data(),
                                         .epsilon = norm.epsilon},
                                .padded = round_up(rows.k, kDepthStep),
                                .factors = factors.empty() ? nullptr : factors.data(),
                                .rows = block_of(rows)});
}

void quantized_gemm(std::size_t m, const QuantizedView& a, const QuantizedWeights& weights, Rows c,
                    QuantizedEpilogue epilogue) {
  SEMEME_CHECK(epilogue != QuantizedEpilogue::kGelu);
  QuantizedGemmBlock block = gemm_block(m, a, weights, c);
  block.epilogue = epilogue;
  table_of(a).gemm(block);
}

void quantized_gemm_gelu(std::size_t m, const QuantizedView& a, const QuantizedWeights& weights,
                         Rows scratch, const QuantizedView& out) {
  SEMEME_CHECK(out.k == weights.n() && m <= out.capacity);
  SEMEME_CHECK(out.quantization == a.quantization && out.isa == a.isa);
  QuantizedGemmBlock block = gemm_block(m, a, weights, scratch);
  block.epilogue = QuantizedEpilogue::kGelu;
  block.out = block_of(out);
  block.out_padded = round_up(out.k, kDepthStep);
  table_of(a).gemm(block);
}

std::size_t quantized_attention_scratch(const AttentionShape& shape, Quantization quantization) {
  const std::size_t bytes =
      quantized_table(quantization, shape.isa).attention_scratch(shape.tokens, shape.head_dim);
  return (bytes + sizeof(float) - 1) / sizeof(float);
}

void quantized_attention(const AttentionShape& shape, Quantization quantization, ConstRows qkv,
                         Rows out, std::span<float> scratch) {
  SEMEME_CHECK(scratch.size() >= quantized_attention_scratch(shape, quantization));
  quantized_table(quantization, shape.isa)
      .attention({.tokens = shape.tokens,
                  .heads = shape.heads,
                  .head_dim = shape.head_dim,
                  .qkv = qkv.data,
                  .ld = qkv.stride,
                  .out = out.data,
                  .ld_out = out.stride,
                  .scratch = reinterpret_cast<std::uint8_t*>(scratch.data())});
}

void portable_layer_norm(std::size_t m, Rows x, const LayerNorm& norm, Isa isa) {
  SEMEME_CHECK(norm.gamma.size() == norm.beta.size());
  quantized_table(Quantization::kInt16, isa)
      .layer_norm({.m = m,
                   .n = norm.gamma.size(),
                   .x = x.data,
                   .ld = x.stride,
                   .gamma = norm.gamma.data(),
                   .beta = norm.beta.data(),
                   .epsilon = norm.epsilon});
}

void portable_mean_rows(std::size_t m, ConstRows x, std::span<float> out, Isa isa) {
  SEMEME_CHECK(m > 0);
  quantized_table(Quantization::kInt16, isa).mean_rows(x.data, x.stride, m, out.size(), out.data());
}

}  // namespace sememe::kernels
