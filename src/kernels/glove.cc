#include "kernels/glove.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "kernels/word2vec_table.h"

namespace sememe::kernels {

double glove_steps(const GloveBlock& block, Isa isa) {
  SEMEME_CHECK(block.pairs.size() == block.logs.size() && block.dim % 16 == 0);
  return word2vec_table(isa).glove({.words = block.words,
                                    .contexts = block.contexts,
                                    .pairs = block.pairs.data(),
                                    .logs = block.logs.data(),
                                    .count = block.pairs.size(),
                                    .log_x_max = block.log_x_max,
                                    .power = block.power,
                                    .rate = block.rate,
                                    .dim = block.dim});
}

double glove_loss(const GloveBlock& block) {
  double loss = 0;
  for (std::size_t i = 0; i < block.pairs.size(); ++i) {
    const float* word = block.words + (block.pairs[i] >> 16) * 2 * block.dim;
    const float* context = block.contexts + (block.pairs[i] & 0xFFFF) * 2 * block.dim;
    double error = -double{block.logs[i]};
    for (std::size_t d = 0; d < block.dim; ++d) error += double{word[d]} * double{context[d]};
    const double above = double{block.logs[i]} - double{block.log_x_max};
    loss += 0.5 * std::exp(std::min(0.0, above * double{block.power})) * error * error;
  }
  return loss;
}

}  // namespace sememe::kernels
