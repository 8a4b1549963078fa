#include "train/examples.h"

#include <algorithm>
#include <cstring>

#include "kernels/target.h"

namespace sememe::train {

Example::Example(const Word2VecState& state) {
  const Word2VecOptions& o = state.options;
  // Words of the window, each with outputs of its own where the centre is the input.
  const std::size_t parts = o.subwords.enabled() ? 2 * o.window : 1;
  const std::size_t inputs = std::max(2 * o.window, 1 + state.subwords.most());
  const std::size_t outputs = parts * (state.has_tree() ? state.tree.longest() : 1 + o.negative);
  most_inputs_ = static_cast<std::uint32_t>(inputs);
  most_outputs_ = static_cast<std::uint32_t>(outputs);
  data_.resize(inputs + outputs + parts + kCopied);
}

void Example::begin(float rate) {
  rate_ = rate;
  input_count_ = output_count_ = part_count_ = 0;
  coming_ = kNone;
}

void Example::copy_inputs(std::size_t at, const std::uint32_t* words, std::size_t most) {
  for (std::size_t i = 0; i < most; i += kCopied) {
    std::memcpy(&data_[at + i], words + i, kCopied * sizeof(std::uint32_t));
  }
}

ExampleSource::ExampleSource(const Word2VecState& state)
    : state_(state),
      sentence_(WordCorpus::kMaxSentence + state.options.window + Example::kCopied) {}

void ExampleSource::start(std::size_t block) {
  block_ = state_.corpus.block(block % state_.corpus.blocks());
  random_ = Random(state_.options.seed, block);
  rate_ = state_.rate(block);
  length_ = centre_ = 0;
  if (!state_.has_tree()) {
    next_draw_ = random_.below(static_cast<std::uint32_t>(state_.negatives.size()));
  }
}

// Frequent words are left out; sentences of one word have nothing to learn. Which words stay cannot
// be predicted, so each is written and the next one put in its place when it does not.
bool ExampleSource::next_sentence() {
  centre_ = 0;
  do {
    length_ = 0;
    if (block_.empty()) return false;
    std::size_t i = 0;
    for (; block_[i] != WordCorpus::kSentenceEnd; ++i) {
      sentence_[length_] = block_[i];
      length_ += static_cast<std::uint32_t>(random_.next() >> 32) <= state_.keep[block_[i]];
    }
    block_ = block_.subspan(i + 1);
  } while (length_ < 2);
  return true;
}

bool ExampleSource::next(Example& example) {
  if (centre_ == length_ && !next_sentence()) return false;
  const Word2VecOptions& o = state_.options;
  const std::size_t centre = centre_++;
  const std::size_t reach = 1 + random_.below(static_cast<std::uint32_t>(o.window));
  const std::size_t begin = centre < reach ? 0 : centre - reach;
  const std::size_t end = std::min(length_, centre + reach + 1);
  example.begin(rate_);
  if (o.subwords.enabled()) {
    add_subwords(example, sentence_[centre]);
    // With the centre as the input, negatives that its pairs share would cost half of the accuracy
    // (decision 0012).
    for (std::size_t i = begin; i < end; ++i) {
      if (i == centre) continue;
      add_outputs(example, sentence_[i]);
      end_part(example);
    }
    return true;
  }
  example.copy_inputs(0, &sentence_[begin], o.window);
  example.copy_inputs(centre - begin, &sentence_[centre + 1], o.window);
  example.input_count_ = static_cast<std::uint32_t>(end - begin - 1);
  add_outputs(example, sentence_[centre]);
  end_part(example);
  if (centre + o.window < length_) example.coming_ = sentence_[centre + o.window];
  return true;
}

void ExampleSource::add_subwords(Example& example, std::uint32_t word) const {
  example.data_[example.input_count_++] = word;
  for (const std::uint32_t bucket : state_.subwords.of(word)) {
    example.data_[example.input_count_++] = state_.bucket_row(bucket);
  }
}

// A word that was there and negatives, each once; or its way down the tree.
void ExampleSource::add_outputs(Example& example, std::uint32_t word) {
  if (state_.has_tree()) return add_path(example, word);
  std::uint32_t* const first = &example.data_[example.most_inputs_ + example.output_count_];
  std::uint32_t* last = first;
  *last++ = word;
  const std::uint32_t* drawn = state_.negatives.from(next_draw_);
  next_draw_ += state_.options.negative;
  if (next_draw_ >= state_.negatives.size()) next_draw_ -= state_.negatives.size();
  for (std::size_t k = 0; k < state_.options.negative; ++k) {
    const std::uint32_t negative = drawn[k];
    bool there = false;
    for (const std::uint32_t* i = first; i < last; ++i) there |= *i == negative;
    *last = negative;
    last += !there;
  }
  *first |= Example::kLabel;
  example.output_count_ += static_cast<std::uint32_t>(last - first);
}

void ExampleSource::add_path(Example& example, std::uint32_t word) const {
  const std::span<const std::uint32_t> nodes = state_.tree.nodes(word);
  const std::span<const float> labels = state_.tree.labels(word);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    example.data_[example.most_inputs_ + example.output_count_++] =
        nodes[i] | (labels[i] != 0 ? Example::kLabel : 0);
  }
}

void ExampleSource::end_part(Example& example) {
  const std::size_t parts = example.most_inputs_ + example.most_outputs_;
  example.data_[parts + example.part_count_++] = example.output_count_;
}

ExampleRows::ExampleRows(const Word2VecState& state) {
  const Example room(state);
  inputs_.resize(room.most_inputs());
  outputs_.resize(room.most_outputs());
  labels_.resize(room.most_outputs());
  parts_.resize(room.most_parts());
}

void ExampleRows::set(const Example& example, VectorTable& input, VectorTable& output) {
  const std::size_t bytes = input.stride() * sizeof(float);
  std::size_t outputs = 0;
  for (const std::uint32_t id : example.outputs()) {
    float* row = output.row(Example::row_of(id));
    kernels::prefetch_lines(row, bytes);
    labels_[outputs] = Example::label_of(id);
    outputs_[outputs++] = row;
  }
  std::size_t inputs = 0;
  for (const std::uint32_t id : example.inputs()) inputs_[inputs++] = input.row(id);
  std::ranges::copy(example.parts(), parts_.begin());
  if (example.coming() != Example::kNone) {
    kernels::prefetch_lines(input.row(example.coming()), bytes);
  } else if (parts_.size() > 1) {  // n-grams are new with every centre
    for (std::size_t i = 0; i < inputs; ++i) kernels::prefetch_lines(inputs_[i], bytes);
  }
  skip_gram_step_ = {.inputs = {inputs_.data(), inputs},
                     .outputs = {outputs_.data(), outputs},
                     .labels = {labels_.data(), outputs},
                     .rate = example.rate(),
                     .dim = input.stride()};
  mean_step_ = {.rows = {inputs_.data(), inputs},
                .outputs = {outputs_.data(), outputs},
                .labels = {labels_.data(), outputs},
                .parts = {parts_.data(), example.parts().size()},
                .rate = example.rate(),
                .dim = input.stride()};
}

}  // namespace sememe::train
