// The steps of one instruction tier, behind word2vec.h.
#ifndef SEMEME_KERNELS_WORD2VEC_TABLE_H_
#define SEMEME_KERNELS_WORD2VEC_TABLE_H_

#include <cstddef>

#include "kernels/word2vec.h"

namespace sememe::kernels {

/// At most kStepOutputs outputs.
struct SkipGramBlock {
  float* const* inputs;
  std::size_t input_count;
  float* const* outputs;
  std::size_t output_count;
  const float* labels;
  float rate;
  std::size_t dim;
};

/// At most kStepOutputs outputs. input: [dim]; what it moves by is added to it and to moved [dim].
struct SharedInputBlock {
  float* input;
  float* moved;
  float* const* outputs;
  std::size_t output_count;
  const float* labels;
  float rate;
  std::size_t dim;
};

struct Word2VecTable {
  void (*skip_gram)(const SkipGramBlock& block);
  void (*shared_input)(const SharedInputBlock& block);
  /// out = factor * the sum of rows, in their order.
  void (*sum_rows)(float* const* rows, std::size_t count, float factor, std::size_t dim,
                   float* out);
  /// Each of the rows += factor * x, in their order.
  void (*add_to_rows)(float* const* rows, std::size_t count, const float* x, float factor,
                      std::size_t dim);
};

/// The functions that a tier's namespace has from word2vec_inl.h.
#define SEMEME_WORD2VEC_TABLE(tier)    \
  {.skip_gram = tier::skip_gram,       \
   .shared_input = tier::shared_input, \
   .sum_rows = tier::sum_rows,         \
   .add_to_rows = tier::add_to_rows}

extern const Word2VecTable kScalarWord2Vec;
#if defined(__x86_64__)
extern const Word2VecTable kAvx2Word2Vec;
extern const Word2VecTable kAvx512Word2Vec;
#elif defined(__aarch64__)
extern const Word2VecTable kNeonWord2Vec;
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_WORD2VEC_TABLE_H_
