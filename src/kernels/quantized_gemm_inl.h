// Products of quantized rows with fused epilogues, of one tier; included inside a target region and
// the tier's namespace, after quantize_inl.h and the tier's integer products.

// GELU(x) = x Phi(x), Phi(x) = 1/2 + t P(t^2) on t = x clamped to +-3.8, where P reaches +-1/2.
// Fitted for this project by iterated weighted least squares; at most 2.8e-4 from exact, a fiftieth
// of the step of the 8-bit levels that it is rounded to.
SEMEME_ALWAYS_INLINE Simd::Reg coarse_gelu(Simd::Reg x) {
  const Simd::Reg bound = Simd::set(kCoarseGeluBound);
  const Simd::Reg t = Simd::max(Simd::min(x, bound), Simd::set(-kCoarseGeluBound));
  const Simd::Reg u = Simd::mul(t, t);
  Simd::Reg p = Simd::set(kCoarseGelu[6]);
#pragma GCC unroll 8
  for (int i = 5; i >= 0; --i) p = Simd::fma(p, u, Simd::set(kCoarseGelu[i]));
  return Simd::mul(x, Simd::fma(p, t, Simd::set(0.5F)));
}

// GELU never falls below this, so levels count from here.
constexpr float kGeluLow = -0.17F;

// One column of sixteen outputs: what every row of it shares.
struct OutputColumn {
  Simd::Reg scale, sum, bias;
  SEMEME_ALWAYS_INLINE OutputColumn(const QuantizedGemmBlock& g, std::size_t column)
      : scale(Simd::load(g.scales + column)),
        sum(Simd::load(g.column_sums + column)),
        bias(Simd::load(g.bias + column)) {}
  SEMEME_ALWAYS_INLINE Simd::Reg value(const QuantizedGemmBlock& g, std::size_t row,
                                       Simd::Int products) const {
    const Simd::Reg factor = Simd::mul(Simd::set(g.a.scale[row]), scale);
    const Simd::Reg offset = Simd::fma(Simd::set(g.a.low[row]), sum, bias);
    return Simd::fma(Simd::to_float(products), factor, offset);
  }
};

// Rows first .. last, 16 kColumns columns from `column` on, of a block of sums whose rows lie
// ld apart. Sums are addressed from row `origin` on.
template <QuantizedEpilogue kEpilogue, bool kWide, int kColumns>
SEMEME_ALWAYS_INLINE void finish_rows(const QuantizedGemmBlock& g, std::size_t first,
                                      std::size_t last, std::size_t column,
                                      const std::int32_t* sums, std::size_t ld) {
#pragma GCC unroll 4
  for (std::size_t v = 0; v < kColumns; ++v) {
    const std::size_t begin = column + 16 * v;
    const std::size_t left = g.n > begin ? g.n - begin : 0;
    if (left == 0) return;
    const OutputColumn output(g, begin);
    for (std::size_t r = first; r < last; ++r) {
      float* c = g.c + r * g.ldc + begin;
      Simd::Reg value = output.value(g, r, Simd::load_int(sums + (r - first) * ld + 16 * v));
      if constexpr (kEpilogue == QuantizedEpilogue::kResidual) {
        value = Simd::add(value, load_up_to(c, 0, left));
      } else if constexpr (kEpilogue == QuantizedEpilogue::kGelu) {
        value = kWide ? gelu(value) : coarse_gelu(value);
      }
      store_up_to(c, 0, value, left);
    }
  }
}

// The second half of kGelu: levels from kGeluLow to the row's highest value.
template <bool kWide>
SEMEME_ALWAYS_INLINE void quantize_gelu_row(const QuantizedGemmBlock& g, std::size_t r) {
  const float* x = g.c + r * g.ldc;
  Simd::Reg high = Simd::zero();
  for (std::size_t i = 0; i < g.n; i += 16) {
    high = Simd::max(high, load_up_to(x + i, 0, g.n - i));
  }
  const float range = Simd::highest(high) - kGeluLow;
  const float inverse = Levels<kWide>::kHighest / range;
  const Simd::Reg factor = Simd::set(inverse);
  const Simd::Reg base = Simd::set(-kGeluLow * inverse);
  std::uint8_t* row = g.out.data + r * g.out.stride;
  for (std::size_t i = 0; i < g.n; i += 16) {
    const Simd::Reg value = Simd::fma(load_up_to(x + i, 0, g.n - i), factor, base);
    store_levels<kWide>(row, i, g.out_padded, Simd::to_int(value));
  }
  clear_levels<kWide>(row, g.n, g.out_padded);
  g.out.scale[r] = range / Levels<kWide>::kHighest;
  g.out.low[r] = kGeluLow;
}

// Rows and columns whose sums are held at a time; AMX has a way of its own.
#if !defined(SEMEME_AMX_PRODUCTS)
constexpr std::size_t kSumRows = 12;
constexpr std::size_t kSumColumns = 64;

template <QuantizedEpilogue kEpilogue, bool kWide>
inline void multiply_rows(const QuantizedGemmBlock& g) {
  alignas(64) std::int32_t sums[kSumRows * kSumColumns];
  const std::size_t row_bytes = kWide ? 2 * g.k : g.k;
  for (std::size_t column = 0; column < g.n; column += kSumColumns) {
    for (std::size_t row = 0; row < g.m; row += kSumRows) {
      const std::size_t rows = g.m - row < kSumRows ? g.m - row : kSumRows;
      integer_product<kWide>({.rows = rows,
                              .panels = kSumColumns / 16,
                              .steps = row_bytes / 4,
                              .a = g.a.data + row * g.a.stride,
                              .lda = g.a.stride,
                              .b = g.panels + column * row_bytes,
                              .panel_stride = 16 * row_bytes,
                              .c = sums,
                              .ldc = kSumColumns});
      finish_rows<kEpilogue, kWide, kSumColumns / 16>(g, row, row + rows, column, sums,
                                                      kSumColumns);
    }
  }
}
#else
#include "kernels/quantized_gemm_amx_inl.h"
#endif

template <bool kWide>
inline void quantized_gemm(const QuantizedGemmBlock& g) {
  switch (g.epilogue) {
    case QuantizedEpilogue::kBias:
      return multiply_rows<QuantizedEpilogue::kBias, kWide>(g);
    case QuantizedEpilogue::kResidual:
      return multiply_rows<QuantizedEpilogue::kResidual, kWide>(g);
    case QuantizedEpilogue::kGelu:
      multiply_rows<QuantizedEpilogue::kGelu, kWide>(g);
      for (std::size_t r = 0; r < g.m; ++r) quantize_gelu_row<kWide>(g, r);
      return;
  }
}
