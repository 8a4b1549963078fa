// Products of quantized rows with fused epilogues, of one tier; included inside a target region and
// the tier's namespace, after quantize_inl.h and the tier's integer products.

// GELU(x) = x Phi(x), Phi(x) = 1/2 + t P(t^2) on t = x clamped to +-3.8, where P reaches +-1/2.
// Fitted for this project by iterated weighted least squares; at most 2.8e-4 from exact, a fiftieth
// of the step of the 8-bit levels that it is rounded to.
SEMEME_ALWAYS_INLINE Simd::Reg coarse_gelu(Simd::Reg x) {
  const Simd::Reg t = Simd::clamp(x, kCoarseGeluBound);
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
  SEMEME_ALWAYS_INLINE Simd::Reg value(float row_scale, float row_low, Simd::Int products) const {
    const Simd::Reg factor = Simd::mul(Simd::set(row_scale), scale);
    const Simd::Reg offset = Simd::fma(Simd::set(row_low), sum, bias);
    return Simd::fma(Simd::to_float(products), factor, offset);
  }
};

// One vector of outputs at c, of which `left` are there.
template <QuantizedEpilogue kEpilogue, bool kWide>
SEMEME_ALWAYS_INLINE void finish_vector(float* c, std::size_t left, Simd::Reg value) {
  if constexpr (kEpilogue == QuantizedEpilogue::kResidual) {
    value = Simd::add(value, load_up_to(c, 0, left));
  } else if constexpr (kEpilogue == QuantizedEpilogue::kGelu) {
    value = kWide ? gelu(value) : coarse_gelu(value);
  }
  store_up_to(c, 0, value, left);
}

// Rows first .. last, 16 kColumns columns from `column` on, of a block of sums whose rows lie
// ld apart. Sums are addressed from row `first` on.
template <QuantizedEpilogue kEpilogue, bool kWide, int kColumns>
SEMEME_ALWAYS_INLINE void finish_rows(const QuantizedGemmBlock& g, std::size_t first,
                                      std::size_t last, std::size_t column,
                                      const std::int32_t* sums, std::size_t ld) {
#pragma GCC unroll 4
  for (std::size_t v = 0; v < kColumns; ++v) {
    const std::size_t begin = column + 16 * v;
    if (begin >= g.n) return;
    const OutputColumn output(g, begin);
    const std::int32_t* from = sums + 16 * v;
    float* c = g.c + first * g.ldc + begin;
    const std::size_t ldc = g.ldc;
    const float* scale = g.a.scale;
    const float* low = g.a.low;
    if (g.n - begin >= 16) {
#pragma GCC unroll 2
      for (std::size_t r = first; r < last; ++r, c += ldc, from += ld) {
        finish_vector<kEpilogue, kWide>(c, 16,
                                        output.value(scale[r], low[r], Simd::load_int(from)));
      }
    } else {
      for (std::size_t r = first; r < last; ++r, c += ldc, from += ld) {
        finish_vector<kEpilogue, kWide>(c, g.n - begin,
                                        output.value(scale[r], low[r], Simd::load_int(from)));
      }
    }
  }
}

// The second half of kGelu: levels from kGeluLow to the row's highest value.
template <bool kWide>
SEMEME_ALWAYS_INLINE void quantize_gelu_row(const QuantizedGemmBlock& g, std::size_t r) {
  const float* x = g.c + r * g.ldc;
  // Four chains hide the latency; maxima do not depend on their order.
  Simd::Reg high[4] = {Simd::zero(), Simd::zero(), Simd::zero(), Simd::zero()};
  std::size_t i = 0;
  for (; i + 64 <= g.n; i += 64) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) high[j] = Simd::max(high[j], Simd::load(x + i + 16 * j));
  }
  for (; i < g.n; i += 16) high[0] = Simd::max(high[0], load_up_to(x + i, 0, g.n - i));
  const Simd::Reg highest = Simd::max(Simd::max(high[0], high[1]), Simd::max(high[2], high[3]));
  const float range = Simd::highest(highest) - kGeluLow;
  const float inverse = Levels<kWide>::kHighest / range;
  store_row_levels<kWide>({x, {nullptr}, Simd::set(inverse), Simd::set(-kGeluLow * inverse)}, g.n,
                          g.out_padded, g.out.data + r * g.out.stride);
  g.out.scale[r] = range / Levels<kWide>::kHighest;
  g.out.low[r] = kGeluLow;
}

// Rows (kSumRows<kWide>, of the tier) and columns whose sums are held at a time; AMX has a way of
// its own.
#if !defined(SEMEME_AMX_PRODUCTS)
constexpr std::size_t kSumColumns = 64;

template <QuantizedEpilogue kEpilogue, bool kWide>
inline void multiply_rows(const QuantizedGemmBlock& g) {
  constexpr std::size_t kRows = kSumRows<kWide>;
  alignas(64) std::int32_t sums[kRows * kSumColumns];
  const std::size_t row_bytes = kWide ? 2 * g.k : g.k;
  for (std::size_t column = 0; column < g.n; column += kSumColumns) {
    for (std::size_t row = 0; row < g.m; row += kRows) {
      const std::size_t rows = g.m - row < kRows ? g.m - row : kRows;
      integer_product<kWide>({.rows = rows,
                              .panels = kSumColumns / 16,
                              .steps = row_bytes / 4,
                              .a = g.a.data + row * g.a.stride,
                              .lda = g.a.stride,
                              .b = g.panels + column * row_bytes,
                              .panel_stride = 16 * row_bytes,
                              .start = nullptr,
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
