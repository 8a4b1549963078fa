// The NEON tier of the steps on word vectors.
#if defined(__aarch64__)

#include "kernels/constants.h"
#include "kernels/simd_neon.h"
#include "kernels/word2vec_table.h"

namespace sememe::kernels::neon_word2vec {

using neon::Simd;

// Four registers a sum, of 32.
template <std::size_t kOutputs>
constexpr std::size_t kInputsAtOnce = 1;

SEMEME_ALWAYS_INLINE float32x4_t add_quads(const Simd::Reg& a) {
  return vaddq_f32(vaddq_f32(a.quad[0], a.quad[2]), vaddq_f32(a.quad[1], a.quad[3]));
}

// Lanes 0 and 2, 1 and 3 of each, then the pairs.
SEMEME_ALWAYS_INLINE float32x4_t four_sums(const Simd::Reg* regs) {
  const float32x4_t a = add_quads(regs[0]);
  const float32x4_t b = add_quads(regs[1]);
  const float32x4_t c = add_quads(regs[2]);
  const float32x4_t d = add_quads(regs[3]);
  const float32x4_t ab = vcombine_f32(vadd_f32(vget_low_f32(a), vget_high_f32(a)),
                                      vadd_f32(vget_low_f32(b), vget_high_f32(b)));
  const float32x4_t cd = vcombine_f32(vadd_f32(vget_low_f32(c), vget_high_f32(c)),
                                      vadd_f32(vget_low_f32(d), vget_high_f32(d)));
  return vpaddq_f32(ab, cd);
}

SEMEME_ALWAYS_INLINE Simd::Reg lane_sums(const Simd::Reg* regs) {
  return {{four_sums(regs), four_sums(regs + 4), four_sums(regs + 8), four_sums(regs + 12)}};
}

template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE Simd::Reg repeat(const Simd::Reg& reg) {
  float lanes[16];
  Simd::store(lanes, reg);
  float repeated[16];
  for (std::size_t i = 0; i < 16; ++i) repeated[i] = lanes[i % kOutputs];
  return Simd::load(repeated);
}

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/word2vec_inl.h"
#include "kernels/glove_inl.h"
// clang-format on

}  // namespace sememe::kernels::neon_word2vec

namespace sememe::kernels {

const Word2VecTable kNeonWord2Vec = SEMEME_WORD2VEC_TABLE(neon_word2vec);

}  // namespace sememe::kernels

#endif  // __aarch64__
