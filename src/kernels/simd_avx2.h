// Eight f32 in a register, for the kernels' *_inl.h files. Include outside any target region.
//
// Both tiers offer the same names, so that one body serves both; a body is included once per tier
// in a namespace of that tier.
#ifndef SEMEME_KERNELS_SIMD_AVX2_H_
#define SEMEME_KERNELS_SIMD_AVX2_H_

#include <immintrin.h>

#include <cstddef>

#include "kernels/target.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2 {

struct Simd {
  static constexpr std::size_t kWidth = 8;
  static constexpr int kTileRegs = 2;  ///< of 16: 6 rows x 2, two columns, a broadcast
  static constexpr std::size_t kDotSums = 4;
  using Reg = __m256;

  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm256_setzero_ps(); }
  static SEMEME_ALWAYS_INLINE Reg set(float value) { return _mm256_set1_ps(value); }
  static SEMEME_ALWAYS_INLINE Reg load(const float* from) { return _mm256_loadu_ps(from); }
  static SEMEME_ALWAYS_INLINE void store(float* to, Reg value) { _mm256_storeu_ps(to, value); }

  /// The first `count` lanes, count in [0, 8); memory behind them is not touched, the other lanes
  /// are zero.
  static SEMEME_ALWAYS_INLINE Reg load_first(const float* from, std::size_t count) {
    return _mm256_maskload_ps(from, first(count));
  }
  static SEMEME_ALWAYS_INLINE void store_first(float* to, Reg value, std::size_t count) {
    _mm256_maskstore_ps(to, first(count), value);
  }
  /// The first `count` lanes of `value`, the others of `other`.
  static SEMEME_ALWAYS_INLINE Reg select_first(Reg value, Reg other, std::size_t count) {
    return _mm256_blendv_ps(other, value, _mm256_castsi256_ps(first(count)));
  }

  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) { return _mm256_add_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg sub(Reg a, Reg b) { return _mm256_sub_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg div(Reg a, Reg b) { return _mm256_div_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg sqrt(Reg a) { return _mm256_sqrt_ps(a); }
  static SEMEME_ALWAYS_INLINE Reg min(Reg a, Reg b) { return _mm256_min_ps(a, b); }
  static SEMEME_ALWAYS_INLINE Reg max(Reg a, Reg b) { return _mm256_max_ps(a, b); }
  /// a * b + c, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  /// c - a * b, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fnma(Reg a, Reg b, Reg c) { return _mm256_fnmadd_ps(a, b, c); }
  static SEMEME_ALWAYS_INLINE Reg round(Reg a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  /// a * 2^n for an integral n in [-126, 127].
  static SEMEME_ALWAYS_INLINE Reg scale(Reg a, Reg n) {
    const __m256i bias = _mm256_set1_epi32(127);
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), bias), 23);
    return _mm256_mul_ps(a, _mm256_castsi256_ps(exponent));
  }
  /// Sum of all lanes as a fixed tree: halves, quarters, pairs.
  static SEMEME_ALWAYS_INLINE float sum(Reg a) {
    const __m128 quad = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 pair = _mm_add_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }
  /// Bit i: whether lane i of a is above that of b; a NaN is not.
  static SEMEME_ALWAYS_INLINE unsigned above(Reg a, Reg b) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
  }
  static SEMEME_ALWAYS_INLINE float highest(Reg a) {
    const __m128 quad = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 pair = _mm_max_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_max_ss(pair, _mm_movehdup_ps(pair)));
  }
  /// to[j][i] = from[i][j] for i, j < 4; rows lie ld_from and ld_to apart.
  static SEMEME_ALWAYS_INLINE void transpose4(const float* from, std::size_t ld_from, float* to,
                                              std::size_t ld_to) {
    __m128 a = _mm_loadu_ps(from);
    __m128 b = _mm_loadu_ps(from + ld_from);
    __m128 c = _mm_loadu_ps(from + 2 * ld_from);
    __m128 d = _mm_loadu_ps(from + 3 * ld_from);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(to, a);
    _mm_storeu_ps(to + ld_to, b);
    _mm_storeu_ps(to + 2 * ld_to, c);
    _mm_storeu_ps(to + 3 * ld_to, d);
  }

 private:
  static SEMEME_ALWAYS_INLINE __m256i first(std::size_t count) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
  }
};

}  // namespace sememe::kernels::avx2
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_SIMD_AVX2_H_
