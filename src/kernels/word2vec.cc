#include "kernels/word2vec.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error_context.h"
#include "kernels/word2vec_table.h"

namespace sememe::kernels {
namespace {

const Word2VecTable& word2vec_table(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return kAvx512Word2Vec;
  if (isa >= Isa::kAvx2) return kAvx2Word2Vec;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return kNeonWord2Vec;
#endif
  static_cast<void>(isa);
  return kScalarWord2Vec;
}

double dot(const float* x, const float* y, std::size_t dim) {
  double sum = 0;
  for (std::size_t i = 0; i < dim; ++i) sum += double{x[i]} * double{y[i]};
  return sum;
}

// -log sigmoid(x), without overflow.
double log_loss(double x) { return x > 0 ? std::log1p(std::exp(-x)) : std::log1p(std::exp(x)) - x; }

double loss_of(const float* input, std::span<float* const> outputs, std::span<const float> labels,
               std::size_t dim) {
  double loss = 0;
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    const double product = dot(input, outputs[j], dim);
    loss += labels[j] == 0.0F ? log_loss(-product) : log_loss(product);
  }
  return loss;
}

// Ends of the parts that outputs are taken in.
std::size_t part_end(std::span<const std::size_t> ends, std::size_t begin, std::size_t count) {
  std::size_t end = count;
  const auto next = std::ranges::upper_bound(ends, begin);
  if (next != ends.end()) end = *next;
  return std::min(end, begin + kStepOutputs);
}

}  // namespace

void skip_gram_step(const SkipGramStep& step, Isa isa) {
  SEMEME_CHECK(step.outputs.size() == step.labels.size() && step.dim % 16 == 0);
  SEMEME_CHECK(step.inputs.size() <= kStepInputs);
  for (std::size_t j = 0; j < step.outputs.size(); j += kStepOutputs) {
    word2vec_table(isa).skip_gram({.inputs = step.inputs.data(),
                                   .input_count = step.inputs.size(),
                                   .outputs = step.outputs.data() + j,
                                   .output_count = std::min(kStepOutputs, step.outputs.size() - j),
                                   .labels = step.labels.data() + j,
                                   .rate = step.rate,
                                   .dim = step.dim});
  }
}

void mean_step(const MeanStep& step, std::span<float> scratch, Isa isa) {
  SEMEME_CHECK(step.outputs.size() == step.labels.size() && step.dim % 16 == 0);
  SEMEME_CHECK(!step.rows.empty() && scratch.size() >= 2 * step.dim);
  const Word2VecTable& table = word2vec_table(isa);
  const float share = 1.0F / static_cast<float>(step.rows.size());
  float* input = scratch.data();
  float* moved = input + step.dim;
  table.sum_rows(step.rows.data(), step.rows.size(), share, step.dim, input);
  std::fill_n(moved, step.dim, 0.0F);
  for (std::size_t j = 0; j < step.outputs.size();) {
    const std::size_t end = part_end(step.parts, j, step.outputs.size());
    table.shared_input({.input = input,
                        .moved = moved,
                        .outputs = step.outputs.data() + j,
                        .output_count = end - j,
                        .labels = step.labels.data() + j,
                        .rate = step.rate,
                        .dim = step.dim});
    j = end;
  }
  table.add_to_rows(step.rows.data(), step.rows.size(), moved, step.averaged ? share : 1.0F,
                    step.dim);
}

double skip_gram_loss(const SkipGramStep& step) {
  double loss = 0;
  for (const float* input : step.inputs) {
    loss += loss_of(input, step.outputs, step.labels, step.dim);
  }
  return loss;
}

double mean_loss(const MeanStep& step) {
  std::vector<float> input(step.dim);
  for (std::size_t i = 0; i < step.dim; ++i) {
    double sum = 0;
    for (const float* row : step.rows) sum += double{row[i]};
    input[i] = static_cast<float>(sum / static_cast<double>(step.rows.size()));
  }
  return loss_of(input.data(), step.outputs, step.labels, step.dim);
}

}  // namespace sememe::kernels
