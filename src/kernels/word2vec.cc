#include "kernels/word2vec.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error_context.h"
#include "kernels/word2vec_table.h"

namespace sememe::kernels {

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

namespace {

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

SkipGramBlock block_of(const SkipGramStep& step, std::size_t first, float* pairs) {
  return {.inputs = step.inputs.data(),
          .input_count = step.inputs.size(),
          .outputs = step.outputs.data() + first,
          .output_count = std::min(kStepOutputs, step.outputs.size() - first),
          .labels = step.labels.data() + first,
          .rate = step.rate,
          .dim = step.dim,
          .pairs = pairs,
          .products = nullptr,
          .slices = 0};
}

// input and moved lie in the scratch.
SharedInputBlock block_of(const MeanStep& step, std::size_t first, std::size_t end,
                          std::span<float> scratch, float* pairs) {
  return {.input = scratch.data(),
          .moved = scratch.data() + step.dim,
          .outputs = step.outputs.data() + first,
          .output_count = end - first,
          .labels = step.labels.data() + first,
          .rate = step.rate,
          .dim = step.dim,
          .pairs = pairs,
          .products = nullptr,
          .slices = 0};
}

void check(const SkipGramStep& step) {
  SEMEME_CHECK(step.outputs.size() == step.labels.size() && step.dim % 16 == 0);
  SEMEME_CHECK(step.inputs.size() <= kStepInputs);
}

// Makes the input of a step, and nothing that it moved by.
void begin_mean(const MeanStep& step, const Word2VecTable& table, std::span<float> scratch) {
  SEMEME_CHECK(step.outputs.size() == step.labels.size() && step.dim % 16 == 0);
  SEMEME_CHECK(!step.rows.empty() && scratch.size() >= 2 * step.dim);
  const float share = 1.0F / static_cast<float>(step.rows.size());
  table.sum_rows(step.rows.data(), step.rows.size(), share, step.dim, scratch.data());
  std::fill_n(scratch.data() + step.dim, step.dim, 0.0F);
}

void end_mean(const MeanStep& step, const Word2VecTable& table, std::span<const float> scratch) {
  const float share = step.averaged ? 1.0F / static_cast<float>(step.rows.size()) : 1.0F;
  table.add_to_rows(step.rows.data(), step.rows.size(), scratch.data() + step.dim, share, step.dim);
}

// The products of a block among those of all: behind those of the blocks before it.
class SlicesOfBlock {
 public:
  SlicesOfBlock(std::span<const float* const> slices, std::size_t offset) : size_(slices.size()) {
    SEMEME_CHECK(size_ >= 1 && size_ <= kMaxSlices);
    for (std::size_t s = 0; s < size_; ++s) products_[s] = slices[s] + offset;
  }
  template <class Block>
  void add_to(Block& block) const {
    block.products = products_;
    block.slices = size_;
  }

 private:
  std::size_t size_;
  const float* products_[kMaxSlices];
};

}  // namespace

void skip_gram_step(const SkipGramStep& step, Isa isa) {
  check(step);
  alignas(64) float pairs[kStepInputs * kStepOutputs + 16];
  for (std::size_t j = 0; j < step.outputs.size(); j += kStepOutputs) {
    word2vec_table(isa).skip_gram(block_of(step, j, pairs));
  }
}

void skip_gram_products(const SkipGramStep& step, std::span<float> products, Isa isa) {
  check(step);
  SEMEME_CHECK(products.size() >= step.inputs.size() * step.outputs.size() + 16);
  for (std::size_t j = 0; j < step.outputs.size(); j += kStepOutputs) {
    float* pairs = products.data() + j * step.inputs.size();
    word2vec_table(isa).skip_gram_products(block_of(step, j, pairs));
  }
}

void skip_gram_move(const SkipGramStep& step, std::span<const float* const> slices, Isa isa) {
  check(step);
  alignas(64) float pairs[kStepInputs * kStepOutputs + 16];
  for (std::size_t j = 0; j < step.outputs.size(); j += kStepOutputs) {
    SkipGramBlock block = block_of(step, j, pairs);
    const SlicesOfBlock products(slices, j * step.inputs.size());
    products.add_to(block);
    word2vec_table(isa).skip_gram_move(block);
  }
}

void mean_step(const MeanStep& step, std::span<float> scratch, Isa isa) {
  const Word2VecTable& table = word2vec_table(isa);
  begin_mean(step, table, scratch);
  alignas(64) float pairs[16];
  for (std::size_t j = 0; j < step.outputs.size();) {
    const std::size_t end = part_end(step.parts, j, step.outputs.size());
    table.shared_input(block_of(step, j, end, scratch, pairs));
    j = end;
  }
  end_mean(step, table, scratch);
}

void mean_products(const MeanStep& step, std::span<float> products, std::span<float> scratch,
                   Isa isa) {
  SEMEME_CHECK(products.size() >= step.outputs.size() + 16);
  const Word2VecTable& table = word2vec_table(isa);
  begin_mean(step, table, scratch);
  for (std::size_t j = 0; j < step.outputs.size();) {
    const std::size_t end = part_end(step.parts, j, step.outputs.size());
    table.shared_input_products(block_of(step, j, end, scratch, products.data() + j));
    j = end;
  }
}

void mean_move(const MeanStep& step, std::span<const float* const> slices, std::span<float> scratch,
               Isa isa) {
  const Word2VecTable& table = word2vec_table(isa);
  begin_mean(step, table, scratch);
  alignas(64) float pairs[16];
  for (std::size_t j = 0; j < step.outputs.size();) {
    const std::size_t end = part_end(step.parts, j, step.outputs.size());
    SharedInputBlock block = block_of(step, j, end, scratch, pairs);
    const SlicesOfBlock products(slices, j);
    products.add_to(block);
    table.shared_input_move(block);
    j = end;
  }
  end_mean(step, table, scratch);
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

double products_loss(std::size_t inputs, std::span<const float> labels,
                     std::span<const float* const> slices) {
  double loss = 0;
  // Blocks of outputs one after the other, [inputs, outputs of the block].
  for (std::size_t first = 0; first < labels.size(); first += kStepOutputs) {
    const std::size_t outputs = std::min(kStepOutputs, labels.size() - first);
    for (std::size_t i = 0; i < inputs * outputs; ++i) {
      double product = 0;
      for (const float* slice : slices) product += double{slice[first * inputs + i]};
      loss += log_loss(labels[first + i % outputs] == 0.0F ? -product : product);
    }
  }
  return loss;
}

}  // namespace sememe::kernels
