// The AVX-512 tier of the steps on word vectors.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/simd_avx512.h"
#include "kernels/word2vec_table.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512_word2vec {

using avx512::Simd;

template <std::size_t kOutputs>
constexpr std::size_t kInputsAtOnce = 16 / kOutputs;

SEMEME_ALWAYS_INLINE __m512 add_halves(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
}
SEMEME_ALWAYS_INLINE __m512 add_quarters(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xDD));
}
// Lanes 0 and 2, 1 and 3 of each quarter; of a in its first half, of b in its second.
SEMEME_ALWAYS_INLINE __m512 add_eighths(__m512 a, __m512 b) {
  const __m512d x = _mm512_castps_pd(a);
  const __m512d y = _mm512_castps_pd(b);
  return _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}
SEMEME_ALWAYS_INLINE __m512 add_pairs(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xDD));
}

// A tree of shuffles: 15 additions for sixteen sums. Which register goes where is found from the
// end: lane 4 q + i of the result is pair i of quarter q.
SEMEME_ALWAYS_INLINE __m512 lane_sums(const __m512* regs) {
  __m512 quarters[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    // Quarter q of this is regs[4 q + i] summed down to four lanes.
    quarters[i] =
        add_quarters(add_halves(regs[i], regs[4 + i]), add_halves(regs[8 + i], regs[12 + i]));
  }
  return add_pairs(add_eighths(quarters[0], quarters[1]), add_eighths(quarters[2], quarters[3]));
}

template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE __m512 repeat(__m512 reg) {
  static constexpr RepeatedLanes<kOutputs> kLanes;
  return _mm512_permutexvar_ps(_mm512_load_si512(kLanes.lane), reg);
}

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/word2vec_inl.h"
#include "kernels/glove_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx512_word2vec
SEMEME_TARGET_END

namespace sememe::kernels {

const Word2VecTable kAvx512Word2Vec = SEMEME_WORD2VEC_TABLE(avx512_word2vec);

}  // namespace sememe::kernels

#endif  // __x86_64__
