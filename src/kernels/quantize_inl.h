// Activations to integer levels, of one tier; included inside a target region and the tier's
// namespace, after layer_norm_inl.h. kWide: 16-bit levels.

template <bool kWide>
struct Levels {
  static constexpr float kHighest = kWide ? 8191.0F : 255.0F;
};

// Sixteen levels at position i of a row with `padded` positions.
template <bool kWide>
SEMEME_ALWAYS_INLINE void store_levels(std::uint8_t* row, std::size_t i, std::size_t padded,
                                       Simd::Int levels) {
  if constexpr (!kWide) {
    static_cast<void>(padded);
    Simd::store_u8(row + i, levels);
  } else if constexpr (kBytePlanes) {
    Simd::store_u8(row + i, Simd::shift_right<8>(levels));
    Simd::store_u8(row + padded + i, levels);
  } else {
    static_cast<void>(padded);
    Simd::store_u16(row + 2 * i, levels);
  }
}

// Zeros behind the n levels of a row, as far as whole vectors have not written them.
template <bool kWide>
SEMEME_ALWAYS_INLINE void clear_levels(std::uint8_t* row, std::size_t n, std::size_t padded) {
  for (std::size_t i = (n + 15) / 16 * 16; i < padded; i += 16) {
    store_levels<kWide>(row, i, padded, Simd::set_int(0));
  }
}

SEMEME_ALWAYS_INLINE Simd::Reg scaled(const float* x, const float* factors, std::size_t i,
                                      std::size_t left) {
  const Simd::Reg value = load_up_to(x + i, 0, left);
  return factors == nullptr ? value : Simd::mul(value, load_up_to(factors + i, 0, left));
}

// The levels of one row between its lowest and its highest value. A row of one value has scale 0.
template <bool kWide>
SEMEME_ALWAYS_INLINE void quantize_row(const QuantizeBlock& t, std::size_t r) {
  const float* x = t.x + r * t.ld;
  Simd::Reg low = Simd::set(kInfinity);
  Simd::Reg high = Simd::set(-kInfinity);
  for (std::size_t i = 0; i < t.n; i += 16) {
    const std::size_t left = t.n - i;
    const Simd::Reg value = scaled(x, t.factors, i, left);
    const bool whole = left >= 16;
    low = Simd::min(low, whole ? value : Simd::select_first(value, low, left));
    high = Simd::max(high, whole ? value : Simd::select_first(value, high, left));
  }
  const float lowest = Simd::lowest(low);
  const float range = Simd::highest(high) - lowest;
  const bool spread = range > 1e-30F;
  const Simd::Reg base = Simd::set(lowest);
  const Simd::Reg inverse = Simd::set(spread ? Levels<kWide>::kHighest / range : 0.0F);
  std::uint8_t* row = t.rows.data + r * t.rows.stride;
  for (std::size_t i = 0; i < t.n; i += 16) {
    const std::size_t left = t.n - i;
    Simd::Reg value = Simd::mul(Simd::sub(scaled(x, t.factors, i, left), base), inverse);
    if (left < 16) value = Simd::select_first(value, Simd::zero(), left);
    store_levels<kWide>(row, i, t.padded, Simd::to_int(value));
  }
  clear_levels<kWide>(row, t.n, t.padded);
  t.rows.scale[r] = range / Levels<kWide>::kHighest;
  t.rows.low[r] = lowest;
}

template <bool kWide>
inline void quantize_rows(const QuantizeBlock& t) {
  for (std::size_t r = 0; r < t.m; ++r) quantize_row<kWide>(t, r);
}

template <bool kWide>
inline void norm_quantize_rows(const NormQuantizeBlock& t) {
  QuantizeBlock quantize{.m = 1,
                         .n = t.norm.n,
                         .padded = t.padded,
                         .x = t.norm.x,
                         .ld = t.norm.ld,
                         .factors = t.factors,
                         .rows = t.rows};
  LayerNormBlock norm = t.norm;
  norm.m = 1;
  for (std::size_t r = 0; r < t.norm.m; ++r) {
    norm.x = t.norm.x + r * t.norm.ld;
    layer_norm_rows(norm);
    quantize_row<kWide>(quantize, r);
  }
}
