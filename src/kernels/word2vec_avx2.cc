// The AVX2 tier of the steps on word vectors.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/simd_avx2_pair.h"
#include "kernels/word2vec_table.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_word2vec {

using avx2_pair::Simd;

// Two registers a sum, of sixteen.
template <std::size_t kOutputs>
constexpr std::size_t kInputsAtOnce = kOutputs <= 3 ? 2 : 1;

SEMEME_ALWAYS_INLINE __m256 add_halves(const Simd::Reg& a) { return _mm256_add_ps(a.low, a.high); }
SEMEME_ALWAYS_INLINE __m256 add_quarters(__m256 a, __m256 b) {
  return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
SEMEME_ALWAYS_INLINE __m256 add_eighths(__m256 a, __m256 b) {
  const __m256d x = _mm256_castps_pd(a);
  const __m256d y = _mm256_castps_pd(b);
  return _mm256_add_ps(_mm256_castpd_ps(_mm256_unpacklo_pd(x, y)),
                       _mm256_castpd_ps(_mm256_unpackhi_pd(x, y)));
}
SEMEME_ALWAYS_INLINE __m256 add_pairs(__m256 a, __m256 b) {
  return _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xDD));
}

// Of regs[0 .. 8): the tree of word2vec_avx512.cc.
SEMEME_ALWAYS_INLINE __m256 eight_sums(const Simd::Reg* regs) {
  __m256 quarters[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    quarters[i] = add_quarters(add_halves(regs[i]), add_halves(regs[4 + i]));
  }
  return add_pairs(add_eighths(quarters[0], quarters[1]), add_eighths(quarters[2], quarters[3]));
}

SEMEME_ALWAYS_INLINE Simd::Reg lane_sums(const Simd::Reg* regs) {
  return {eight_sums(regs), eight_sums(regs + 8)};
}

// kOutputs <= 8: all of them are in the lower half.
template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE Simd::Reg repeat(const Simd::Reg& reg) {
  static constexpr RepeatedLanes<kOutputs> kLanes;
  const auto* lanes = reinterpret_cast<const __m256i*>(kLanes.lane);
  return {_mm256_permutevar8x32_ps(reg.low, _mm256_load_si256(lanes)),
          _mm256_permutevar8x32_ps(reg.low, _mm256_load_si256(lanes + 1))};
}

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/word2vec_inl.h"
#include "kernels/glove_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx2_word2vec
SEMEME_TARGET_END

namespace sememe::kernels {

const Word2VecTable kAvx2Word2Vec = SEMEME_WORD2VEC_TABLE(avx2_word2vec);

}  // namespace sememe::kernels

#endif  // __x86_64__
