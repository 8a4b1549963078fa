// The steps of one instruction tier, behind word2vec.h and glove.h.
#ifndef SEMEME_KERNELS_WORD2VEC_TABLE_H_
#define SEMEME_KERNELS_WORD2VEC_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/glove.h"
#include "kernels/word2vec.h"

namespace sememe::kernels {

/// At most kStepOutputs outputs. pairs: [input_count, output_count], and 16 more for stores of
/// whole registers.
struct SkipGramBlock {
  float* const* inputs;
  std::size_t input_count;
  float* const* outputs;
  std::size_t output_count;
  const float* labels;
  float rate;
  std::size_t dim;
  float* pairs;                  ///< where products or steps go
  const float* const* products;  ///< [slices] of such, for steps
  std::size_t slices;
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
  float* pairs;  ///< [16]
  const float* const* products;
  std::size_t slices;
};

/// GloveBlock with its spans taken apart.
struct GloveSteps {
  float* words;
  float* contexts;
  const std::uint32_t* pairs;
  const float* logs;
  std::size_t count;
  float log_x_max;
  float power;
  float rate;
  std::size_t dim;
};

struct Word2VecTable {
  /// All of a step.
  void (*skip_gram)(const SkipGramBlock& block);
  void (*shared_input)(const SharedInputBlock& block);
  /// Its halves. Products of the pairs.
  void (*skip_gram_products)(const SkipGramBlock& block);
  void (*shared_input_products)(const SharedInputBlock& block);
  /// Steps from the sums of products of slices, and the moves.
  void (*skip_gram_move)(const SkipGramBlock& block);
  void (*shared_input_move)(const SharedInputBlock& block);
  /// out = factor * the sum of rows, in their order.
  void (*sum_rows)(float* const* rows, std::size_t count, float factor, std::size_t dim,
                   float* out);
  /// Each of the rows += factor * x, in their order.
  void (*add_to_rows)(float* const* rows, std::size_t count, const float* x, float factor,
                      std::size_t dim);
  /// The sum of losses.
  double (*glove)(const GloveSteps& steps);
};

/// Lane i of repeat<kOutputs>().
template <std::size_t kOutputs>
struct RepeatedLanes {
  alignas(64) std::int32_t lane[16] = {};
  constexpr RepeatedLanes() {
    for (std::size_t i = 0; i < 16; ++i) lane[i] = static_cast<std::int32_t>(i % kOutputs);
  }
};

const Word2VecTable& word2vec_table(Isa isa);

/// The functions that a tier's namespace has from word2vec_inl.h and glove_inl.h.
#define SEMEME_WORD2VEC_TABLE(tier)                      \
  {.skip_gram = tier::skip_gram,                         \
   .shared_input = tier::shared_input,                   \
   .skip_gram_products = tier::skip_gram_products,       \
   .shared_input_products = tier::shared_input_products, \
   .skip_gram_move = tier::skip_gram_move,               \
   .shared_input_move = tier::shared_input_move,         \
   .sum_rows = tier::sum_rows,                           \
   .add_to_rows = tier::add_to_rows,                     \
   .glove = tier::glove}

extern const Word2VecTable kScalarWord2Vec;
#if defined(__x86_64__)
extern const Word2VecTable kAvx2Word2Vec;
extern const Word2VecTable kAvx512Word2Vec;
#elif defined(__aarch64__)
extern const Word2VecTable kNeonWord2Vec;
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_WORD2VEC_TABLE_H_
