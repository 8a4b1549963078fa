// The softmax of integer scores, to levels; included by quantized_attention_inl.h.
//
// It runs in integers, two vectors of keys in a register, 16 bits a key: on AMX processors f32
// arithmetic beside tiles runs at half its rate, integers do not.

// The keys of a text. In a register of 32 of them key i and key i + 16 share a lane.
struct SoftmaxKeys {
  std::size_t count;   // a multiple of 32
  std::size_t padded;  // of a row of scores
  Simd::Int last;      // 16-bit masks: which of the last 32 there are
};

// Scores become powers of two in steps of 1/256 (1/2048 for 16 bits): what a head's scores are
// multiplied by, and how far below the highest one a score can count (from 2^-15.99 on down there
// is no level).
struct ScoreSteps {
  float factor;         // negative: steps below the highest score
  std::int32_t lowest;  // difference of integer scores

  template <bool kWide>
  static SEMEME_ALWAYS_INLINE ScoreSteps of(float scale);
};

template <bool kWide>
constexpr int kStepBits = kWide ? 11 : 8;  // of the fraction

template <bool kWide>
SEMEME_ALWAYS_INLINE ScoreSteps ScoreSteps::of(float scale) {
  constexpr float kLargest = 1e9F;
  constexpr auto kSteps = static_cast<float>(1 << kStepBits<kWide>);
  constexpr float kFarthest = 16.0F * kSteps - 2.0F;
  const float limit = kFarthest / (kSteps * scale);
  const float lowest = limit < kLargest ? limit : kLargest;
  return {.factor = -kSteps * scale, .lowest = -static_cast<std::int32_t>(lowest)};
}

// The highest of a row of scores, in every lane.
SEMEME_ALWAYS_INLINE Simd::Int highest_score(const std::int32_t* scores, std::size_t keys) {
  Simd::Int high[2] = {Simd::load_int(scores), Simd::load_int(scores + 16)};
  for (std::size_t i = 32; i < keys; i += 32) {
    high[0] = Simd::max_int(high[0], Simd::load_int(scores + i));
    high[1] = Simd::max_int(high[1], Simd::load_int(scores + i + 16));
  }
  return Simd::set_int(Simd::highest_int(Simd::max_int(high[0], high[1])));
}

// The low half of each lane: steps that a score lies below `top`, at most 16 * 2^kStepBits. Adding
// 1.5 * 2^23 leaves the rounded integer in the low bits.
SEMEME_ALWAYS_INLINE Simd::Int steps_below(const std::int32_t* scores, Simd::Int top,
                                           Simd::Reg factor, Simd::Int lowest) {
  const Simd::Int below = Simd::max_int(Simd::sub_int(Simd::load_int(scores), top), lowest);
  return Simd::bits(Simd::fma(Simd::to_float(below), factor, Simd::set(0x1.8p23F)));
}

// 254 * 2^7 * 2^(-steps / 2^kStepBits) of each half, twice that for 16 bits: a cubic in the
// fraction, shifted by the whole part; at most 0.02 % from exact before the shift, which rounds
// down.
template <bool kWide>
SEMEME_ALWAYS_INLINE Simd::Int powers_of_steps(Simd::Int steps) {
  constexpr int kBits = kStepBits<kWide>;
  const Simd::Int fraction =
      Simd::shift_halves_left<15 - kBits>(Simd::and_int(steps, Simd::set_halves((1 << kBits) - 1)));
  Simd::Int power = Simd::set_halves(-1270);
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(7482));
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(-22467));
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(32510));
  if constexpr (kWide) power = Simd::shift_halves_left<1>(power);
  return Simd::shift_halves_right(power, Simd::shift_halves_right<kBits>(steps));
}

// Powers of 32 scores of a row at a time.
template <bool kWide>
struct ScorePowers {
  Simd::Int top;
  Simd::Reg factor;
  Simd::Int lowest;
  SEMEME_ALWAYS_INLINE ScorePowers(const std::int32_t* scores, const SoftmaxKeys& keys,
                                   const ScoreSteps& steps)
      : top(highest_score(scores, keys.count)),
        factor(Simd::set(steps.factor)),
        lowest(Simd::set_int(steps.lowest)) {}
  SEMEME_ALWAYS_INLINE Simd::Int of(const std::int32_t* scores) const {
    return powers_of_steps<kWide>(Simd::pairs(steps_below(scores, top, factor, lowest),
                                              steps_below(scores + 16, top, factor, lowest)));
  }
};

// The sum of a lane's halves.
SEMEME_ALWAYS_INLINE Simd::Int sum_of_halves(Simd::Int halves) {
  return Simd::add_int(Simd::and_int(halves, Simd::set_int(0xFFFF)), Simd::shift_right<16>(halves));
}

// The low halves, then the high ones, a byte each.
SEMEME_ALWAYS_INLINE void store_pairs(std::uint8_t* to, Simd::Int pairs) {
#if defined(SEMEME_AMX_PRODUCTS)
  const __m512i order = _mm512_castsi256_si512(_mm256_set_epi64x(
      0x3E3A36322E2A2622, 0x1E1A16120E0A0602, 0x3C3834302C282420, 0x1C1814100C080400));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm512_castsi512_si256(_mm512_permutexvar_epi8(order, pairs)));
#else
  Simd::store_u8(to, pairs);
  Simd::store_u8(to + 16, Simd::shift_right<16>(pairs));
#endif
}

// 8-bit probabilities of one row, the highest 254; returns their sum, where that does not come from
// the product. What rounding takes from a key is given to the key 32 further on, so that many small
// probabilities are not lost together: without it the mean cosine of texts of 256 tokens falls from
// 0.9991 to 0.9987.
SEMEME_ALWAYS_INLINE std::int32_t narrow_softmax(const std::int32_t* scores,
                                                 const SoftmaxKeys& keys, const ScoreSteps& steps,
                                                 std::uint8_t* probabilities) {
  constexpr bool kSumsByProduct = AttentionLevels<false>::kSumsByProduct;
  constexpr std::size_t kSumKeys = 8192;  // 256 levels of 255 in 16 bits
  const ScorePowers<false> powers(scores, keys, steps);
  const Simd::Int half = Simd::set_halves(64);
  const Simd::Int every = Simd::set_int(-1);
  Simd::Int carried = Simd::set_int(0);
  Simd::Int sums = Simd::set_int(0);
  for (std::size_t begin = 0; begin < keys.count; begin += kSumKeys) {
    const std::size_t end = keys.count - begin < kSumKeys ? keys.count : begin + kSumKeys;
    Simd::Int sum = Simd::set_int(0);
    for (std::size_t i = begin; i < end; i += 32) {
      const Simd::Int there = i + 32 < keys.count ? every : keys.last;
      const Simd::Int wanted =
          Simd::add_halves(Simd::and_int(powers.of(scores + i), there), carried);
      const Simd::Int levels = Simd::shift_halves_right<7>(Simd::add_halves(wanted, half));
      carried = Simd::sub_halves(wanted, Simd::shift_halves_left<7>(levels));
      if constexpr (!kSumsByProduct) sum = Simd::add_halves(sum, levels);
      store_pairs(probabilities + i, levels);
    }
    if constexpr (!kSumsByProduct) sums = Simd::add_int(sums, sum_of_halves(sum));
  }
  return kSumsByProduct ? 0 : Simd::sum_int(sums);
}

// How far the powers of a row are shifted so that they sum to at most 2^18, and each is at most
// 2^15. They were rounded down to where they are: half a unit more and rounded down again, they are
// the nearest. At least one shift, or many small ones would each lack half a unit.
SEMEME_ALWAYS_INLINE std::int16_t sum_shift(std::uint64_t sum, std::size_t keys) {
  std::int16_t shift = 1;
  while (shift < 15 && (sum >> shift) + keys / 2 > (1U << 18)) ++shift;
  return shift;
}

// kKeyStep probabilities from position i of a row on.
SEMEME_ALWAYS_INLINE void store_wide(std::uint8_t* row, std::size_t i, std::size_t padded,
                                     const Simd::Int* levels) {
#if defined(SEMEME_AMX_PRODUCTS)
  // Low bytes of the first 16 keys are bytes 0, 4, .. of the first vector, of the next 16 bytes 2,
  // 6, ..; bit 6 means the second vector.
  const __m512i low = _mm512_set_epi64(0x7E7A76726E6A6662, 0x5E5A56524E4A4642, 0x7C7874706C686460,
                                       0x5C5854504C484440, 0x3E3A36322E2A2622, 0x1E1A16120E0A0602,
                                       0x3C3834302C282420, 0x1C1814100C080400);
  const __m512i high = _mm512_or_si512(low, _mm512_set1_epi8(1));
  Simd::store_int(dwords(row + i), _mm512_permutex2var_epi8(levels[0], high, levels[1]));
  Simd::store_int(dwords(row + padded + i), _mm512_permutex2var_epi8(levels[0], low, levels[1]));
#else
  static_assert(kKeyStep == 32);
  static_cast<void>(padded);
  Simd::store_int(dwords(row + 2 * i), levels[0]);
#endif
}

// 16-bit probabilities of one row, which sum to at most 2^18; returns their sum. Powers lie where
// scores were until that sum is known.
SEMEME_ALWAYS_INLINE std::int32_t wide_softmax(std::int32_t* scores, const SoftmaxKeys& keys,
                                               const ScoreSteps& steps,
                                               std::uint8_t* probabilities) {
  constexpr std::size_t kSumKeys = 32768;  // of 65020 sum to less than 2^31
  const ScorePowers<true> powers(scores, keys, steps);
  const Simd::Int every = Simd::set_int(-1);
  std::uint64_t sum = 0;
  for (std::size_t begin = 0; begin < keys.count; begin += kSumKeys) {
    const std::size_t end = keys.count - begin < kSumKeys ? keys.count : begin + kSumKeys;
    Simd::Int part = Simd::set_int(0);
    for (std::size_t i = begin; i < end; i += 32) {
      const Simd::Int there = i + 32 < keys.count ? every : keys.last;
      const Simd::Int power = Simd::and_int(powers.of(scores + i), there);
      part = Simd::add_int(part, sum_of_halves(power));
      Simd::store_int(scores + i / 2, power);
    }
    sum += static_cast<std::uint32_t>(Simd::sum_int(part));
  }
  if (keys.count < keys.padded) Simd::store_int(scores + keys.count / 2, Simd::set_int(0));
  const std::int16_t shift = sum_shift(sum, keys.count);
  const Simd::Int counts = Simd::set_halves(shift);
  const Simd::Int half = Simd::set_halves(static_cast<std::int16_t>((1 << shift) / 2));
  Simd::Int sums = Simd::set_int(0);
  for (std::size_t i = 0; i < keys.padded; i += kKeyStep) {
    Simd::Int levels[kKeyStep / 32];
#pragma GCC unroll 2
    for (std::size_t j = 0; j < kKeyStep / 32; ++j) {
      const Simd::Int power = Simd::load_int(scores + i / 2 + 16 * j);
      levels[j] = Simd::shift_halves_right(Simd::add_halves(power, half), counts);
      sums = Simd::add_int(sums, sum_of_halves(levels[j]));
    }
    store_wide(probabilities, i, keys.padded, levels);
  }
  return Simd::sum_int(sums);
}

template <bool kWide>
SEMEME_ALWAYS_INLINE std::int32_t softmax_levels(std::int32_t* scores, const SoftmaxKeys& keys,
                                                 const ScoreSteps& steps,
                                                 std::uint8_t* probabilities) {
  if constexpr (kWide) {
    return wide_softmax(scores, keys, steps, probabilities);
  } else {
    return narrow_softmax(scores, keys, steps, probabilities);
  }
}
