// Half-precision numbers as f32 on AVX2, by integers, as convert.cc does it: the tier does not
// promise F16C. Include outside any target region.
#ifndef SEMEME_KERNELS_WIDEN_AVX2_H_
#define SEMEME_KERNELS_WIDEN_AVX2_H_

#include "kernels/simd_avx2.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2 {

/// Eight IEEE binary16.
SEMEME_ALWAYS_INLINE __m256 widen_f16(__m128i halves) {
  const __m256i bits = _mm256_cvtepu16_epi32(halves);
  const __m256i sign = _mm256_slli_epi32(_mm256_and_si256(bits, _mm256_set1_epi32(0x8000)), 16);
  const __m256i magnitude =
      _mm256_slli_epi32(_mm256_and_si256(bits, _mm256_set1_epi32(0x7FFF)), 13);
  const __m256i special = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32((0x7C00 << 13) - 1));
  const __m256 finite = _mm256_mul_ps(_mm256_castsi256_ps(magnitude), _mm256_set1_ps(0x1p112F));
  const __m256i endless = _mm256_or_si256(magnitude, _mm256_set1_epi32(0x7F800000));
  const __m256 value =
      _mm256_blendv_ps(finite, _mm256_castsi256_ps(endless), _mm256_castsi256_ps(special));
  return _mm256_or_ps(value, _mm256_castsi256_ps(sign));
}

}  // namespace sememe::kernels::avx2
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_WIDEN_AVX2_H_
