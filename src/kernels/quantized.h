// Integer arithmetic of an encoder: quantized activations and weights, their products with fused
// epilogues, attention. Every function gives the same bits on every tier.
//
// Activations x [m, K] are stored as unsigned levels with a scale and an offset of each row,
//
//   x[r][k] * factor[k] = low[r] + scale[r] * level[r][k],
//
// weights W [N, K] as signed integers with a scale of each output, W[n][k] / factor[k] =
// scale[n] * integer[n][k]. A product is then a sum of integers, which is exact in any order:
//
//   (x W^T)[r][n] = scale[r] scale[n] sum_k(level integer) + low[r] scale[n] sum_k(integer).
//
// What stays in f32 (the formula above, GELU, normalisation, softmax) runs in lanes of sixteen with
// one order of sums on every tier. The factors even out activations of very different magnitude
// from channel to channel (Xiao et al. 2022, "SmoothQuant").
//
// kInt8:  levels 0..255, integers -127..127.
// kInt16: levels 0..8191, integers up to +-4095, less for an output whose sum could pass 2^31.
#ifndef SEMEME_KERNELS_QUANTIZED_H_
#define SEMEME_KERNELS_QUANTIZED_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "kernels/aligned.h"
#include "kernels/attention.h"
#include "kernels/gemm.h"
#include "kernels/layer_norm.h"

namespace sememe::kernels {

enum class Quantization { kInt8, kInt16 };

/// Levels of an activation above its row's lowest value.
constexpr std::int32_t activation_levels(Quantization q) {
  return q == Quantization::kInt8 ? 255 : 8191;
}

/// How the bytes of rows and panels are arranged: most tiers keep 16-bit values whole, AMX keeps a
/// plane of high bytes and one of low bytes.
enum class QuantizedLayout : std::uint32_t { kInt8 = 1, kInt16 = 2, kInt16Planes = 3 };
QuantizedLayout quantized_layout(Quantization quantization, Isa isa);

/// W [N, K] in panels of 16 outputs, [panel][K / 4][16][4] bytes (kInt8), with the floats that the
/// epilogue needs. Either owns its memory or looks into a mapped file.
class QuantizedWeights {
 public:
  QuantizedWeights() = default;
  /// weight: [n, k] row-major. factors: [k], activations arrive multiplied by them; empty for ones.
  QuantizedWeights(std::span<const float> weight, std::span<const float> bias, std::size_t k,
                   std::span<const float> factors, Quantization quantization,
                   Isa isa = active_isa());
  /// A view of what bytes() gave, for the same shape and layout. 64-byte aligned.
  QuantizedWeights(std::size_t n, std::size_t k, Quantization quantization, Isa isa,
                   std::span<const std::uint8_t> bytes);

  std::size_t n() const { return n_; }
  std::size_t k() const { return k_; }
  std::size_t padded_k() const;
  Isa isa() const { return isa_; }
  Quantization quantization() const { return quantization_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  static std::size_t byte_size(std::size_t n, std::size_t k, Quantization quantization);

  const std::uint8_t* panels() const;
  const float* scales() const { return floats(0); }
  const float* column_sums() const { return floats(1); }
  const float* bias() const { return floats(2); }

 private:
  const float* floats(std::size_t which) const;

  std::size_t n_ = 0;
  std::size_t k_ = 0;
  Quantization quantization_ = Quantization::kInt8;
  Isa isa_ = Isa::kScalar;
  AlignedFloats owned_;
  std::span<const std::uint8_t> bytes_;  // three rows of floats [N padded], then the panels
};

/// m rows of K levels in memory of QuantizedRows.
struct QuantizedView {
  std::uint8_t* data = nullptr;
  std::size_t stride = 0;    ///< bytes a row
  std::size_t capacity = 0;  ///< rows from here on; 32 more may be read
  std::size_t k = 0;
  float* scale = nullptr;
  float* low = nullptr;
  Quantization quantization = Quantization::kInt8;
  Isa isa = Isa::kScalar;
};

/// Owns the memory of quantized rows.
class QuantizedRows {
 public:
  QuantizedRows() = default;
  QuantizedRows(Quantization quantization, Isa isa) : quantization_(quantization), isa_(isa) {}
  /// At least m rows of k levels; what was there is lost.
  void grow(std::size_t m, std::size_t k);
  /// For levels of another kind from now on.
  void reset(Quantization quantization, Isa isa);
  /// The rows from `first` on.
  QuantizedView from(std::size_t first);

 private:
  Quantization quantization_ = Quantization::kInt8;
  Isa isa_ = Isa::kScalar;
  std::size_t capacity_ = 0;
  std::size_t k_ = 0;
  AlignedFloats levels_;
  AlignedFloats scale_;
  AlignedFloats low_;
};

/// rows[0 .. m) = x [m, rows.k] times factors ([k], or empty), quantized.
void quantize(std::size_t m, ConstRows x, std::span<const float> factors,
              const QuantizedView& rows);

/// layer_norm(x) in place, then quantize.
void layer_norm_quantize(std::size_t m, Rows x, const LayerNorm& norm,
                         std::span<const float> factors, const QuantizedView& rows);

enum class QuantizedEpilogue {
  kBias,      ///< c = a W^T + bias
  kResidual,  ///< c += a W^T + bias
  kGelu,      ///< c = GELU(a W^T + bias), then quantized; kInt8: at most 3e-4 from exact
};

/// c [m, N], f32, as the epilogue (kBias or kResidual) says.
void quantized_gemm(std::size_t m, const QuantizedView& a, const QuantizedWeights& weights, Rows c,
                    QuantizedEpilogue epilogue);
/// out[0 .. m) = GELU(a W^T + bias), quantized; scratch: [m, N] floats.
void quantized_gemm_gelu(std::size_t m, const QuantizedView& a, const QuantizedWeights& weights,
                         Rows scratch, const QuantizedView& out);

/// attention() of one text in integers: queries, keys, values and probabilities of up to 8 bits
/// (kInt8) or 15 bits (kInt16).
void quantized_attention(const AttentionShape& shape, Quantization quantization, ConstRows qkv,
                         Rows out, std::span<float> scratch);
/// Floats of scratch for it.
std::size_t quantized_attention_scratch(const AttentionShape& shape, Quantization quantization);

/// layer_norm and mean_rows with the same bits on every tier.
void portable_layer_norm(std::size_t m, Rows x, const LayerNorm& norm, Isa isa = active_isa());
void portable_mean_rows(std::size_t m, ConstRows x, std::span<float> out, Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_QUANTIZED_H_
