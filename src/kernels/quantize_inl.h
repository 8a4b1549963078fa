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

// The lowest and the highest value of a row so far, in two chains each to hide the latency.
struct RowRange {
  Simd::Reg low[2];
  Simd::Reg high[2];

  // Not a default of the members: that constructor would be compiled outside the target region.
  SEMEME_ALWAYS_INLINE RowRange() {
    low[0] = low[1] = Simd::set(kInfinity);
    high[0] = high[1] = Simd::set(-kInfinity);
  }
  SEMEME_ALWAYS_INLINE void add(std::size_t chain, Simd::Reg value) {
    low[chain] = Simd::min(low[chain], value);
    high[chain] = Simd::max(high[chain], value);
  }
  SEMEME_ALWAYS_INLINE void add_first(Simd::Reg value, std::size_t count) {
    low[0] = Simd::min(low[0], Simd::select_first(value, low[0], count));
    high[0] = Simd::max(high[0], Simd::select_first(value, high[0], count));
  }
  SEMEME_ALWAYS_INLINE float lowest() const { return Simd::lowest(Simd::min(low[0], low[1])); }
  SEMEME_ALWAYS_INLINE float highest() const { return Simd::highest(Simd::max(high[0], high[1])); }
};

// What every value of a row shares; factors: [n] or null.
struct RowFactors {
  const float* factors;
  SEMEME_ALWAYS_INLINE Simd::Reg scaled(Simd::Reg value, std::size_t i) const {
    return factors == nullptr ? value : Simd::mul(value, Simd::load(factors + i));
  }
  SEMEME_ALWAYS_INLINE Simd::Reg scaled_first(Simd::Reg value, std::size_t i,
                                              std::size_t count) const {
    return factors == nullptr ? value : Simd::mul(value, load_up_to(factors + i, 0, count));
  }
};

// The levels of a row: its values, times factors if it has some, times inverse, plus base.
struct RowLevels {
  const float* x;
  RowFactors factors;
  Simd::Reg inverse;
  Simd::Reg base;
  SEMEME_ALWAYS_INLINE Simd::Int at(std::size_t i) const {
    return Simd::to_int(Simd::fma(factors.scaled(Simd::load(x + i), i), inverse, base));
  }
  SEMEME_ALWAYS_INLINE Simd::Int first_at(std::size_t i, std::size_t count) const {
    const Simd::Reg value = factors.scaled_first(load_up_to(x + i, 0, count), i, count);
    const Simd::Reg level = Simd::fma(value, inverse, base);
    return Simd::to_int(Simd::select_first(level, Simd::zero(), count));
  }
};

// n levels and zeros behind them.
template <bool kWide>
SEMEME_ALWAYS_INLINE void store_row_levels(const RowLevels& levels, std::size_t n,
                                           std::size_t padded, std::uint8_t* row) {
  std::size_t i = 0;
  if constexpr (!kWide) {
    for (; i + 64 <= n; i += 64) {
      Simd::store_four_u8(row + i, levels.at(i), levels.at(i + 16), levels.at(i + 32),
                          levels.at(i + 48));
    }
  }
  for (; i + 16 <= n; i += 16) store_levels<kWide>(row, i, padded, levels.at(i));
  if (i < n) store_levels<kWide>(row, i, padded, levels.first_at(i, n - i));
  clear_levels<kWide>(row, n, padded);
}

// Levels of n values between low and high. A row of one value has scale 0.
template <bool kWide>
SEMEME_ALWAYS_INLINE void store_row(const float* x, std::size_t n, std::size_t padded,
                                    RowFactors factors, const RowRange& span, RowsBlock rows,
                                    std::size_t r) {
  const float low = span.lowest();
  const float range = span.highest() - low;
  const float step = range > 1e-30F ? Levels<kWide>::kHighest / range : 0.0F;
  store_row_levels<kWide>({x, factors, Simd::set(step), Simd::set(-low * step)}, n, padded,
                          rows.data + r * rows.stride);
  rows.scale[r] = range / Levels<kWide>::kHighest;
  rows.low[r] = low;
}

template <bool kWide>
inline void quantize_rows(const QuantizeBlock& t) {
  const RowFactors factors{t.factors};
  for (std::size_t r = 0; r < t.m; ++r) {
    const float* x = t.x + r * t.ld;
    RowRange span;
    std::size_t i = 0;
    for (; i + 32 <= t.n; i += 32) {
      span.add(0, factors.scaled(Simd::load(x + i), i));
      span.add(1, factors.scaled(Simd::load(x + i + 16), i + 16));
    }
    for (; i + 16 <= t.n; i += 16) span.add(0, factors.scaled(Simd::load(x + i), i));
    if (i < t.n) {
      const std::size_t left = t.n - i;
      span.add_first(factors.scaled_first(load_up_to(x + i, 0, left), i, left), left);
    }
    store_row<kWide>(x, t.n, t.padded, factors, span, t.rows, r);
  }
}

// (x - mean) * factor * gamma + beta of sixteen values, stored in place.
struct RowNorm {
  const LayerNormBlock& t;
  Simd::Reg mean;
  Simd::Reg factor;
  SEMEME_ALWAYS_INLINE Simd::Reg apply(float* x, std::size_t i, std::size_t left) const {
    const Simd::Reg d = Simd::mul(Simd::sub(load_up_to(x + i, 0, left), mean), factor);
    const Simd::Reg gamma = load_up_to(t.gamma + i, 0, left);
    const Simd::Reg value = Simd::fma(d, gamma, load_up_to(t.beta + i, 0, left));
    store_up_to(x + i, 0, value, left);
    return value;
  }
};

// layer_norm_rows, and the levels of its result, whose range is taken while it is made.
template <bool kWide>
inline void norm_quantize_rows(const NormQuantizeBlock& t) {
  const RowFactors factors{t.factors};
  const std::size_t n = t.norm.n;
  for (std::size_t r = 0; r < t.norm.m; ++r) {
    float* x = t.norm.x + r * t.norm.ld;
    const RowMoments moments = row_moments(x, n, t.norm.epsilon);
    const RowNorm norm{t.norm, Simd::set(moments.mean), Simd::set(moments.factor)};
    RowRange span;
    std::size_t i = 0;
    for (; i + 32 <= n; i += 32) {
      span.add(0, factors.scaled(norm.apply(x, i, 16), i));
      span.add(1, factors.scaled(norm.apply(x, i + 16, 16), i + 16));
    }
    for (; i + 16 <= n; i += 16) span.add(0, factors.scaled(norm.apply(x, i, 16), i));
    if (i < n) span.add_first(factors.scaled_first(norm.apply(x, i, n - i), i, n - i), n - i);
    store_row<kWide>(x, n, t.padded, factors, span, t.rows, r);
  }
}
