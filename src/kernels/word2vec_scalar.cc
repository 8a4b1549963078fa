// The scalar tier of the steps on word vectors: the lanes and the order of sums of the others.
#include "kernels/constants.h"
#include "kernels/simd_scalar.h"
#include "kernels/word2vec_table.h"

namespace sememe::kernels::scalar {
namespace {

template <std::size_t kOutputs>
constexpr std::size_t kInputsAtOnce = 1;

Simd::Reg lane_sums(const Simd::Reg* regs) {
  Simd::Reg sums;
  for (std::size_t i = 0; i < 16; ++i) sums.lane[i] = Simd::sum(regs[i]);
  return sums;
}

template <std::size_t kOutputs>
Simd::Reg repeat(const Simd::Reg& reg) {
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

}  // namespace
}  // namespace sememe::kernels::scalar

namespace sememe::kernels {

const Word2VecTable kScalarWord2Vec = SEMEME_WORD2VEC_TABLE(scalar);

}  // namespace sememe::kernels
