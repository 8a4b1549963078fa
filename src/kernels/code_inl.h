// The Walsh-Hadamard transform and the table of a query's sums, in lanes of sixteen; included
// inside a target region and the tier's namespace, after its swap_lanes<h>(x): lane i of x at
// i ^ h.

// Lanes i and i + h of each 2 h as their sum and difference: an exact product, one rounding.
template <int kBit>
SEMEME_ALWAYS_INLINE Simd::Reg butterfly(Simd::Reg x) {
  return Simd::fma(x, Simd::load(kLaneBits.sign[kBit]), swap_lanes<1 << kBit>(x));
}

inline void hadamard_in_registers(float* values, const float* signs, std::size_t n, float factor) {
  const Simd::Reg scale = Simd::set(factor);
  for (std::size_t i = 0; i < n; i += Simd::kWidth) {
    const Simd::Reg signed_scale =
        signs == nullptr ? scale : Simd::mul(scale, Simd::load(signs + i));
    const Simd::Reg x = Simd::mul(Simd::load(values + i), signed_scale);
    Simd::store(values + i, butterfly<3>(butterfly<2>(butterfly<1>(butterfly<0>(x)))));
  }
}

// Strides h and 2 h of four registers that lie h apart.
SEMEME_ALWAYS_INLINE void two_butterflies(float* at, std::size_t h) {
  const Simd::Reg a = Simd::load(at);
  const Simd::Reg b = Simd::load(at + h);
  const Simd::Reg c = Simd::load(at + 2 * h);
  const Simd::Reg d = Simd::load(at + 3 * h);
  const Simd::Reg sum_ab = Simd::add(a, b);
  const Simd::Reg sum_cd = Simd::add(c, d);
  const Simd::Reg difference_ab = Simd::sub(a, b);
  const Simd::Reg difference_cd = Simd::sub(c, d);
  Simd::store(at, Simd::add(sum_ab, sum_cd));
  Simd::store(at + h, Simd::add(difference_ab, difference_cd));
  Simd::store(at + 2 * h, Simd::sub(sum_ab, sum_cd));
  Simd::store(at + 3 * h, Simd::sub(difference_ab, difference_cd));
}

SEMEME_ALWAYS_INLINE void one_butterfly(float* at, std::size_t h) {
  const Simd::Reg a = Simd::load(at);
  const Simd::Reg b = Simd::load(at + h);
  Simd::store(at, Simd::add(a, b));
  Simd::store(at + h, Simd::sub(a, b));
}

inline void hadamard(float* values, const float* signs, std::size_t n, float factor) {
  hadamard_in_registers(values, signs, n, factor);
  std::size_t h = Simd::kWidth;
  for (; 4 * h <= n; h *= 4) {
    for (std::size_t begin = 0; begin < n; begin += 4 * h) {
      for (std::size_t i = begin; i < begin + h; i += Simd::kWidth) two_butterflies(values + i, h);
    }
  }
  if (h == n) return;
  for (std::size_t i = 0; i < h; i += Simd::kWidth) one_butterfly(values + i, h);
}

inline void mix_halves(float* values, const float* signs, std::size_t half) {
  const Simd::Reg turn = Simd::set(kHalfTurn);
  for (std::size_t i = 0; i < half; i += Simd::kWidth) {
    float* first = values + i;
    float* second = values + half + i;
    const Simd::Reg a = Simd::mul(Simd::load(first), Simd::mul(Simd::load(signs + i), turn));
    const Simd::Reg b =
        Simd::mul(Simd::load(second), Simd::mul(Simd::load(signs + half + i), turn));
    Simd::store(first, Simd::add(a, b));
    Simd::store(second, Simd::sub(a, b));
  }
}

// The sum of each group of four lanes, in all of them.
SEMEME_ALWAYS_INLINE Simd::Reg group_sums(Simd::Reg x) {
  const Simd::Reg pairs = Simd::add(x, swap_lanes<1>(x));
  return Simd::add(pairs, swap_lanes<2>(pairs));
}

inline BitRanges bit_ranges(const float* query, std::size_t dims, float* low) {
  Simd::Reg total = Simd::zero();
  Simd::Reg widest = Simd::zero();
  for (std::size_t d = 0; d < dims; d += Simd::kWidth) {
    const Simd::Reg x = Simd::load(query + d);
    const Simd::Reg lowest = group_sums(Simd::min(x, Simd::zero()));
    const Simd::Reg sizes = group_sums(Simd::max(x, Simd::sub(Simd::zero(), x)));
    Simd::store(low + d, lowest);
    total = Simd::add(total, lowest);
    widest = Simd::max(widest, sizes);
  }
  return {0.25F * Simd::sum(total), Simd::highest(widest)};
}

// The sixteen entries of one group.
SEMEME_ALWAYS_INLINE Simd::Int bit_entries(const BitTableBlock& t, std::size_t d,
                                           const Simd::Reg* set) {
  const float* x = t.query + d;
  const Simd::Reg first = Simd::fma(Simd::set(x[1]), set[1], Simd::mul(Simd::set(x[0]), set[0]));
  const Simd::Reg second = Simd::fma(Simd::set(x[3]), set[3], Simd::mul(Simd::set(x[2]), set[2]));
  const Simd::Reg sum = Simd::sub(Simd::add(first, second), Simd::set(t.low[d]));
  // Rounding may put the ends a little outside.
  const Simd::Reg level = Simd::max(Simd::mul(sum, Simd::set(t.inverse)), Simd::zero());
  return Simd::to_int(Simd::min(level, Simd::set(float{kMostBitEntry})));
}

inline void bit_table(const BitTableBlock& t) {
  Simd::Reg set[4];
#pragma GCC unroll 4
  for (std::size_t b = 0; b < 4; ++b) set[b] = Simd::load(kLaneBits.set[b]);
  for (std::size_t d = 0; d < t.dims; d += 16) {
    Simd::store_four_u8(t.table + 4 * d, bit_entries(t, d, set), bit_entries(t, d + 4, set),
                        bit_entries(t, d + 8, set), bit_entries(t, d + 12, set));
  }
}

inline std::uint32_t score_sums(const std::int32_t* sums, const BitScoring& scoring,
                                float* scores) {
  std::uint32_t above = 0;
  const float* factors = scoring.factors.data();
  const float* offsets = scoring.offsets.data();
  for (std::size_t j = 0; j < kBitBlockRows; j += Simd::kWidth) {
    const Simd::Reg sum = Simd::to_float(Simd::load_int(sums + j));
    const Simd::Reg product = Simd::fma(Simd::set(scoring.step), sum, Simd::set(scoring.start));
    const Simd::Reg score = Simd::fma(Simd::load(factors + j), product, Simd::load(offsets + j));
    Simd::store(scores + j, score);
    above |= std::uint32_t{Simd::above(score, Simd::set(scoring.threshold))} << j;
  }
  return above;
}
