// The functions of one instruction tier and one integer width, behind the checked entries of
// quantized.h. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_QUANTIZED_TABLE_H_
#define SEMEME_KERNELS_QUANTIZED_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/quantized.h"
#include "kernels/table.h"

namespace sememe::kernels {

/// Rows of quantized activations from one row on; see QuantizedRows.
struct RowsBlock {
  std::uint8_t* data;
  std::size_t stride;  ///< bytes
  float* scale;
  float* low;
};

struct QuantizeBlock {
  std::size_t m;
  std::size_t n;
  std::size_t padded;  ///< levels a row, zeros behind n
  const float* x;
  std::size_t ld;
  const float* factors;  ///< [n] or null
  RowsBlock rows;
};

struct NormQuantizeBlock {
  LayerNormBlock norm;
  std::size_t padded;
  const float* factors;
  RowsBlock rows;
};

struct QuantizedGemmBlock {
  std::size_t m;
  std::size_t n;
  std::size_t k;  ///< padded
  RowsBlock a;
  const std::uint8_t* panels;
  const float* scales;  ///< [n padded], as the next two
  const float* column_sums;
  const float* bias;
  float* c;
  std::size_t ldc;
  QuantizedEpilogue epilogue;
  RowsBlock out;  ///< for kGelu: the rows that c is quantized into
  std::size_t out_padded;
};

/// Integer products of rows with panels: c[r][16 p + j] = start[16 p + j] + the sum over k < 4
/// steps (or 2 steps) of a[r][k] b[p][k][j].
struct IntegerProduct {
  std::size_t rows;
  std::size_t panels;
  std::size_t steps;  ///< groups of four bytes a row
  const std::uint8_t* a;
  std::size_t lda;  ///< bytes
  const std::uint8_t* b;
  std::size_t panel_stride;   ///< bytes
  const std::int32_t* start;  ///< [16 panels] or null for zeros
  std::int32_t* c;
  std::size_t ldc;
};

struct QuantizedAttentionBlock {
  std::size_t tokens;
  std::size_t heads;
  std::size_t head_dim;
  const float* qkv;
  std::size_t ld;
  float* out;
  std::size_t ld_out;
  std::uint8_t* scratch;
};

struct QuantizedTable {
  void (*quantize)(const QuantizeBlock& block);
  void (*norm_quantize)(const NormQuantizeBlock& block);
  void (*gemm)(const QuantizedGemmBlock& block);
  std::size_t (*attention_scratch)(std::size_t tokens, std::size_t head_dim);
  void (*attention)(const QuantizedAttentionBlock& block);
  void (*layer_norm)(const LayerNormBlock& block);
  void (*mean_rows)(const float* x, std::size_t ld, std::size_t m, std::size_t n, float* out);
};

/// The functions that a tier's namespace has from the *_inl.h files.
#define SEMEME_INT8_TABLE(tier)                       \
  {.quantize = tier::quantize_rows<false>,            \
   .norm_quantize = tier::norm_quantize_rows<false>,  \
   .gemm = tier::quantized_gemm<false>,               \
   .attention_scratch = tier::attention_bytes<false>, \
   .attention = tier::quantized_attention<false>,     \
   .layer_norm = tier::layer_norm_rows,               \
   .mean_rows = tier::mean_rows}
#define SEMEME_INT16_TABLE(tier)                     \
  {.quantize = tier::quantize_rows<true>,            \
   .norm_quantize = tier::norm_quantize_rows<true>,  \
   .gemm = tier::quantized_gemm<true>,               \
   .attention_scratch = tier::attention_bytes<true>, \
   .attention = tier::quantized_attention<true>,     \
   .layer_norm = tier::layer_norm_rows,              \
   .mean_rows = tier::mean_rows}

extern const QuantizedTable kScalarInt8;
extern const QuantizedTable kScalarInt16;
#if defined(__x86_64__)
extern const QuantizedTable kAvx2Int8;
extern const QuantizedTable kAvx2Int16;
extern const QuantizedTable kAvxVnniInt8;
extern const QuantizedTable kAvxVnniInt16;
extern const QuantizedTable kAvx512Int8;
extern const QuantizedTable kAvx512Int16;
extern const QuantizedTable kAmxInt8;
extern const QuantizedTable kAmxInt16;
#elif defined(__aarch64__)
extern const QuantizedTable kNeonInt8;
extern const QuantizedTable kNeonInt16;
#endif

const QuantizedTable& quantized_table(Quantization quantization, Isa isa);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_QUANTIZED_TABLE_H_
