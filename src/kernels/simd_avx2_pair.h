// Sixteen f32 or sixteen i32 in two AVX2 registers: the names and the order of sums of
// simd_avx512.h, for the precisions whose vectors are the same bits on every tier. Include outside
// any target region.
#ifndef SEMEME_KERNELS_SIMD_AVX2_PAIR_H_
#define SEMEME_KERNELS_SIMD_AVX2_PAIR_H_

#include <cstdint>

#include "kernels/simd_avx2.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_pair {

struct Simd {
  using Half = avx2::Simd;
  static constexpr std::size_t kWidth = 16;
  static constexpr int kTileRegs = 1;  ///< two registers each: 6 rows x 2, two columns, a broadcast
  struct Reg {
    __m256 low, high;
  };
  struct Int {
    __m256i low, high;
  };

  static SEMEME_ALWAYS_INLINE Reg zero() { return {Half::zero(), Half::zero()}; }
  static SEMEME_ALWAYS_INLINE Reg set(float value) { return {Half::set(value), Half::set(value)}; }
  static SEMEME_ALWAYS_INLINE Reg load(const float* from) {
    return {Half::load(from), Half::load(from + 8)};
  }
  static SEMEME_ALWAYS_INLINE void store(float* to, Reg value) {
    Half::store(to, value.low);
    Half::store(to + 8, value.high);
  }
  /// count in [0, 16); memory behind the first `count` floats is not touched.
  static SEMEME_ALWAYS_INLINE Reg load_first(const float* from, std::size_t count) {
    if (count < 8) return {Half::load_first(from, count), Half::zero()};
    return {Half::load(from), Half::load_first(from + 8, count - 8)};
  }
  static SEMEME_ALWAYS_INLINE void store_first(float* to, Reg value, std::size_t count) {
    if (count < 8) return Half::store_first(to, value.low, count);
    Half::store(to, value.low);
    Half::store_first(to + 8, value.high, count - 8);
  }
  static SEMEME_ALWAYS_INLINE Reg select_first(Reg value, Reg other, std::size_t count) {
    if (count < 8) return {Half::select_first(value.low, other.low, count), other.high};
    return {value.low, Half::select_first(value.high, other.high, count - 8)};
  }

  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) {
    return {Half::add(a.low, b.low), Half::add(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg sub(Reg a, Reg b) {
    return {Half::sub(a.low, b.low), Half::sub(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg mul(Reg a, Reg b) {
    return {Half::mul(a.low, b.low), Half::mul(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg div(Reg a, Reg b) {
    return {Half::div(a.low, b.low), Half::div(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg sqrt(Reg a) { return {Half::sqrt(a.low), Half::sqrt(a.high)}; }
  static SEMEME_ALWAYS_INLINE Reg min(Reg a, Reg b) {
    return {Half::min(a.low, b.low), Half::min(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg max(Reg a, Reg b) {
    return {Half::max(a.low, b.low), Half::max(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE unsigned above(Reg a, Reg b) {
    return Half::above(a.low, b.low) | Half::above(a.high, b.high) << 8;
  }
  static SEMEME_ALWAYS_INLINE Reg fma(Reg a, Reg b, Reg c) {
    return {Half::fma(a.low, b.low, c.low), Half::fma(a.high, b.high, c.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg fnma(Reg a, Reg b, Reg c) {
    return {Half::fnma(a.low, b.low, c.low), Half::fnma(a.high, b.high, c.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg round(Reg a) { return {Half::round(a.low), Half::round(a.high)}; }
  static SEMEME_ALWAYS_INLINE Reg scale(Reg a, Reg n) {
    return {Half::scale(a.low, n.low), Half::scale(a.high, n.high)};
  }
  static SEMEME_ALWAYS_INLINE float sum(Reg a) { return Half::sum(Half::add(a.low, a.high)); }
  static SEMEME_ALWAYS_INLINE float highest(Reg a) {
    return Half::highest(Half::max(a.low, a.high));
  }
  static SEMEME_ALWAYS_INLINE float lowest(Reg a) {
    const __m256 half = Half::min(a.low, a.high);
    const __m128 quad = _mm_min_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    const __m128 pair = _mm_min_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_min_ss(pair, _mm_movehdup_ps(pair)));
  }
  static SEMEME_ALWAYS_INLINE void transpose4(const float* from, std::size_t ld_from, float* to,
                                              std::size_t ld_to) {
    Half::transpose4(from, ld_from, to, ld_to);
  }

  static SEMEME_ALWAYS_INLINE Int set_int(std::int32_t value) {
    return {_mm256_set1_epi32(value), _mm256_set1_epi32(value)};
  }
  static SEMEME_ALWAYS_INLINE Int load_int(const std::int32_t* from) {
    const auto* half = reinterpret_cast<const __m256i*>(from);
    return {_mm256_loadu_si256(half), _mm256_loadu_si256(half + 1)};
  }
  static SEMEME_ALWAYS_INLINE void store_int(std::int32_t* to, Int value) {
    auto* half = reinterpret_cast<__m256i*>(to);
    _mm256_storeu_si256(half, value.low);
    _mm256_storeu_si256(half + 1, value.high);
  }
  static SEMEME_ALWAYS_INLINE Int add_int(Int a, Int b) {
    return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Int sub_int(Int a, Int b) {
    return {_mm256_sub_epi32(a.low, b.low), _mm256_sub_epi32(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Int max_int(Int a, Int b) {
    return {_mm256_max_epi32(a.low, b.low), _mm256_max_epi32(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Int or_int(Int a, Int b) {
    return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Int and_int(Int a, Int b) {
    return {_mm256_and_si256(a.low, b.low), _mm256_and_si256(a.high, b.high)};
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_left(Int a) {
    return {_mm256_slli_epi32(a.low, kBits), _mm256_slli_epi32(a.high, kBits)};
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_right(Int a) {
    return {_mm256_srli_epi32(a.low, kBits), _mm256_srli_epi32(a.high, kBits)};
  }
  static SEMEME_ALWAYS_INLINE std::int32_t highest_int(Int a) {
    const __m256i half = _mm256_max_epi32(a.low, a.high);
    __m128i quad = _mm_max_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    quad = _mm_max_epi32(quad, _mm_shuffle_epi32(quad, 0x4E));
    return _mm_cvtsi128_si32(_mm_max_epi32(quad, _mm_shuffle_epi32(quad, 0xB1)));
  }
  static SEMEME_ALWAYS_INLINE std::int32_t sum_int(Int a) {
    const __m256i half = _mm256_add_epi32(a.low, a.high);
    __m128i quad = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    quad = _mm_add_epi32(quad, _mm_shuffle_epi32(quad, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(quad, _mm_shuffle_epi32(quad, 0xB1)));
  }
  // 16-bit halves of the lanes; `pairs` puts the low halves of its second operand above those of
  // the first.
  static SEMEME_ALWAYS_INLINE Int pairs(Int low, Int high) {
    return {_mm256_blend_epi16(low.low, _mm256_slli_epi32(high.low, 16), 0xAA),
            _mm256_blend_epi16(low.high, _mm256_slli_epi32(high.high, 16), 0xAA)};
  }
  static SEMEME_ALWAYS_INLINE Int set_halves(std::int16_t value) {
    return {_mm256_set1_epi16(value), _mm256_set1_epi16(value)};
  }
  static SEMEME_ALWAYS_INLINE Int add_halves(Int a, Int b) {
    return {_mm256_add_epi16(a.low, b.low), _mm256_add_epi16(a.high, b.high)};
  }
  static SEMEME_ALWAYS_INLINE Int sub_halves(Int a, Int b) {
    return {_mm256_sub_epi16(a.low, b.low), _mm256_sub_epi16(a.high, b.high)};
  }
  /// (a * b + 2^14) / 2^15, rounded down.
  static SEMEME_ALWAYS_INLINE Int scale_halves(Int a, Int b) {
    return {_mm256_mulhrs_epi16(a.low, b.low), _mm256_mulhrs_epi16(a.high, b.high)};
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_left(Int a) {
    return {_mm256_slli_epi16(a.low, kBits), _mm256_slli_epi16(a.high, kBits)};
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a) {
    return {_mm256_srli_epi16(a.low, kBits), _mm256_srli_epi16(a.high, kBits)};
  }
  /// Each half by its own count in [0, 16).
  static SEMEME_ALWAYS_INLINE __m256i shift_halves_right(__m256i a, __m256i counts) {
    const __m256i mask = _mm256_set1_epi32(0xFFFF);
    const __m256i low =
        _mm256_srlv_epi32(_mm256_and_si256(a, mask), _mm256_and_si256(counts, mask));
    // A shift of the whole lane leaves the upper half as it should be.
    return _mm256_blend_epi16(low, _mm256_srlv_epi32(a, _mm256_srli_epi32(counts, 16)), 0xAA);
  }
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a, Int counts) {
    return {shift_halves_right(a.low, counts.low), shift_halves_right(a.high, counts.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg clamp(Reg x, float bound) {
    return max(min(x, set(bound)), set(-bound));
  }
  static SEMEME_ALWAYS_INLINE Int bits(Reg a) {
    return {_mm256_castps_si256(a.low), _mm256_castps_si256(a.high)};
  }
  static SEMEME_ALWAYS_INLINE Reg to_float(Int a) {
    return {_mm256_cvtepi32_ps(a.low), _mm256_cvtepi32_ps(a.high)};
  }
  static SEMEME_ALWAYS_INLINE Int to_int(Reg a) {
    return {_mm256_cvtps_epi32(a.low), _mm256_cvtps_epi32(a.high)};
  }
  static SEMEME_ALWAYS_INLINE void store_u8(std::uint8_t* to, Int value) {
    const __m256i bytes = _mm256_set1_epi32(0xFF);
    const __m256i words = _mm256_packus_epi32(_mm256_and_si256(value.low, bytes),
                                              _mm256_and_si256(value.high, bytes));
    // [low 0-3, high 0-3 | low 4-7, high 4-7] as words; the bytes then lie in four dwords.
    const __m256i packed = _mm256_packus_epi16(words, words);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(packed, order)));
  }
  /// Four times as many, of lanes in [0, 255].
  static SEMEME_ALWAYS_INLINE void store_four_u8(std::uint8_t* to, Int a, Int b, Int c, Int d) {
    store_u8(to, a);
    store_u8(to + 16, b);
    store_u8(to + 32, c);
    store_u8(to + 48, d);
  }
  static SEMEME_ALWAYS_INLINE void store_u16(std::uint8_t* to, Int value) {
    const __m256i mask = _mm256_set1_epi32(0xFFFF);
    const __m256i words =
        _mm256_packus_epi32(_mm256_and_si256(value.low, mask), _mm256_and_si256(value.high, mask));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute4x64_epi64(words, 0xD8));
  }
};

}  // namespace sememe::kernels::avx2_pair
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_SIMD_AVX2_PAIR_H_
