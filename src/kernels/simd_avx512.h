// Sixteen f32 or sixteen i32 in a register: the names of simd_avx2.h on AVX-512, and the integer
// ones of simd_scalar.h. Include outside any target region.
#ifndef SEMEME_KERNELS_SIMD_AVX512_H_
#define SEMEME_KERNELS_SIMD_AVX512_H_

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/simd_avx2.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of the deliberately undefined operand inside its own intrinsics (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512 {

struct Simd {
  static constexpr std::size_t kWidth = 16;
  static constexpr int kTileRegs = 4;  ///< of 32: 6 rows x 4, four columns, a broadcast
  static constexpr std::size_t kDotSums = 4;
  using Reg = __m512;
  using Int = __m512i;

  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm512_setzero_ps(); }
  static SEMEME_ALWAYS_INLINE Reg set(float value) { return _mm512_set1_ps(value); }
  static SEMEME_ALWAYS_INLINE Reg load(const float* from) { return _mm512_loadu_ps(from); }
  static SEMEME_ALWAYS_INLINE void store(float* to, Reg value) { _mm512_storeu_ps(to, value); }

  /// The first `count` lanes, count in [0, 16); memory behind them is not touched, the other lanes
  /// are zero.
  static SEMEME_ALWAYS_INLINE Reg load_first(const float* from, std::size_t count) {
    return _mm512_maskz_loadu_ps(first(count), from);
  }
  static SEMEME_ALWAYS_INLINE void store_first(float* to, Reg value, std::size_t count) {
    _mm512_mask_storeu_ps(to, first(count), value);
  }
  /// The first `count` lanes of `value`, the others of `other`.
  static SEMEME_ALWAYS_INLINE Reg select_first(Reg value, Reg other, std::size_t count) {
    return _mm512_mask_blend_ps(first(count), other, value);
  }

  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg div(Reg a, Reg b) { return _mm512_div_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg sqrt(Reg a) { return _mm512_sqrt_ps(a); }
  static SEMEME_ALWAYS_INLINE Reg min(Reg a, Reg b) { return _mm512_min_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg max(Reg a, Reg b) { return _mm512_max_ps(a, b); }
  /// a * b + c, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
  /// c - a * b, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fnma(Reg a, Reg b, Reg c) { return _mm512_fnmadd_ps(a, b, c); }
  static SEMEME_ALWAYS_INLINE Reg round(Reg a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  /// a * 2^n for an integral n in [-126, 127].
  static SEMEME_ALWAYS_INLINE Reg scale(Reg a, Reg n) { return _mm512_scalef_ps(a, n); }
  /// Sum of all lanes as a fixed tree: halves, quarters, eighths, pairs.
  static SEMEME_ALWAYS_INLINE float sum(Reg a) {
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 quad = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    const __m128 pair = _mm_add_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }
  /// Bit i: whether lane i of a is above that of b; a NaN is not.
  static SEMEME_ALWAYS_INLINE unsigned above(Reg a, Reg b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
  }
  static SEMEME_ALWAYS_INLINE float highest(Reg a) {
    const __m256 half = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 quad = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    const __m128 pair = _mm_max_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_max_ss(pair, _mm_movehdup_ps(pair)));
  }
  static SEMEME_ALWAYS_INLINE float lowest(Reg a) {
    const __m256 half = _mm256_min_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 quad = _mm_min_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    const __m128 pair = _mm_min_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_min_ss(pair, _mm_movehdup_ps(pair)));
  }

  static SEMEME_ALWAYS_INLINE Int set_int(std::int32_t value) { return _mm512_set1_epi32(value); }
  static SEMEME_ALWAYS_INLINE Int load_int(const std::int32_t* from) {
    return _mm512_loadu_si512(from);
  }
  static SEMEME_ALWAYS_INLINE void store_int(std::int32_t* to, Int value) {
    _mm512_storeu_si512(to, value);
  }
  static SEMEME_ALWAYS_INLINE Int add_int(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static SEMEME_ALWAYS_INLINE Int sub_int(Int a, Int b) { return _mm512_sub_epi32(a, b); }
  static SEMEME_ALWAYS_INLINE Int max_int(Int a, Int b) { return _mm512_max_epi32(a, b); }
  static SEMEME_ALWAYS_INLINE Int or_int(Int a, Int b) { return _mm512_or_si512(a, b); }
  static SEMEME_ALWAYS_INLINE Int and_int(Int a, Int b) { return _mm512_and_si512(a, b); }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_left(Int a) {
    return _mm512_slli_epi32(a, kBits);
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_right(Int a) {
    return _mm512_srli_epi32(a, kBits);
  }
  static SEMEME_ALWAYS_INLINE std::int32_t highest_int(Int a) {
    const __m256i half =
        _mm256_max_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
    __m128i quad = _mm_max_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    quad = _mm_max_epi32(quad, _mm_shuffle_epi32(quad, 0x4E));
    return _mm_cvtsi128_si32(_mm_max_epi32(quad, _mm_shuffle_epi32(quad, 0xB1)));
  }
  static SEMEME_ALWAYS_INLINE std::int32_t sum_int(Int a) {
    const __m256i half =
        _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
    __m128i quad = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    quad = _mm_add_epi32(quad, _mm_shuffle_epi32(quad, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(quad, _mm_shuffle_epi32(quad, 0xB1)));
  }
  // 16-bit halves of the lanes; `pairs` puts the low halves of its second operand above those of
  // the first.
  static SEMEME_ALWAYS_INLINE Int pairs(Int low, Int high) {
    return _mm512_mask_blend_epi16(0xAAAAAAAA, low, _mm512_slli_epi32(high, 16));
  }
  static SEMEME_ALWAYS_INLINE Int set_halves(std::int16_t value) {
    return _mm512_set1_epi16(value);
  }
  static SEMEME_ALWAYS_INLINE Int add_halves(Int a, Int b) { return _mm512_add_epi16(a, b); }
  static SEMEME_ALWAYS_INLINE Int sub_halves(Int a, Int b) { return _mm512_sub_epi16(a, b); }
  /// (a * b + 2^14) / 2^15, rounded down.
  static SEMEME_ALWAYS_INLINE Int scale_halves(Int a, Int b) { return _mm512_mulhrs_epi16(a, b); }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_left(Int a) {
    return _mm512_slli_epi16(a, kBits);
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a) {
    return _mm512_srli_epi16(a, kBits);
  }
  /// Each half by its own count in [0, 16).
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a, Int counts) {
    return _mm512_srlv_epi16(a, counts);
  }
  /// x in [-bound, bound], by integer instructions: f32 ones run at half their rate beside tiles.
  static SEMEME_ALWAYS_INLINE Reg clamp(Reg x, float bound) {
    const Int sign = _mm512_set1_epi32(static_cast<std::int32_t>(0x80000000U));
    const Int size = _mm512_min_epu32(_mm512_andnot_si512(sign, bits(x)), bits(set(bound)));
    // size with the sign of x: (x & sign) | size.
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(bits(x), sign, size, 0xEA));
  }
  static SEMEME_ALWAYS_INLINE Int bits(Reg a) { return _mm512_castps_si512(a); }
  static SEMEME_ALWAYS_INLINE Reg to_float(Int a) { return _mm512_cvtepi32_ps(a); }
  /// To nearest, ties to even; what no i32 holds becomes the lowest.
  static SEMEME_ALWAYS_INLINE Int to_int(Reg a) { return _mm512_cvtps_epi32(a); }
  /// The low byte, or the low two bytes, of each lane.
  static SEMEME_ALWAYS_INLINE void store_u8(std::uint8_t* to, Int value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(value));
  }
  /// Four times as many, of lanes in [0, 255]; half of the instructions.
  static SEMEME_ALWAYS_INLINE void store_four_u8(std::uint8_t* to, Int a, Int b, Int c, Int d) {
    const Int order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    const Int bytes = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
    store_int(reinterpret_cast<std::int32_t*>(to), _mm512_permutexvar_epi32(order, bytes));
  }
  static SEMEME_ALWAYS_INLINE void store_u16(std::uint8_t* to, Int value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi32_epi16(value));
  }

  /// to[j][i] = from[i][j] for i, j < 4; rows lie ld_from and ld_to apart.
  static SEMEME_ALWAYS_INLINE void transpose4(const float* from, std::size_t ld_from, float* to,
                                              std::size_t ld_to) {
    avx2::Simd::transpose4(from, ld_from, to, ld_to);
  }

 private:
  static SEMEME_ALWAYS_INLINE __mmask16 first(std::size_t count) {
    return static_cast<__mmask16>((1U << count) - 1U);
  }
};

}  // namespace sememe::kernels::avx512
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_SIMD_AVX512_H_
