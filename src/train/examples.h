// What word2vec is trained on, one centre word at a time: the rows that take part and what they
// should come to.
#ifndef SEMEME_TRAIN_EXAMPLES_H_
#define SEMEME_TRAIN_EXAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/word2vec.h"
#include "train/sampling.h"
#include "train/word2vec_state.h"

namespace sememe::train {

/// Rows of a centre: skip-gram has the words of the window as inputs and the centre as the output
/// that was there; CBOW the same with the mean of the inputs; subwords have the centre and its
/// n-grams as inputs and a part of outputs for each word of the window. Small and in one piece,
/// because threads hand examples to each other.
class Example {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  Example() = default;
  explicit Example(const Word2VecState& state);

  /// Rows of the input table.
  std::span<const std::uint32_t> inputs() const { return {data_.data(), input_count_}; }
  /// Rows of the output table, in the upper bit the label.
  std::span<const std::uint32_t> outputs() const {
    return {data_.data() + most_inputs_, output_count_};
  }
  static std::uint32_t row_of(std::uint32_t output) { return output & ~kLabel; }
  static float label_of(std::uint32_t output) { return (output & kLabel) != 0 ? 1.0F : 0.0F; }
  /// Where parts of the outputs end.
  std::span<const std::uint32_t> parts() const {
    return {data_.data() + most_inputs_ + most_outputs_, part_count_};
  }
  float rate() const { return rate_; }
  /// The input that the next examples will be the first to use, or kNone.
  std::uint32_t coming() const { return coming_; }

  std::size_t most_inputs() const { return most_inputs_; }
  std::size_t most_outputs() const { return most_outputs_; }
  std::size_t most_parts() const { return data_.size() - kCopied - most_inputs_ - most_outputs_; }

 private:
  friend class ExampleSource;

  static constexpr std::uint32_t kLabel = 0x80000000;
  // Windows are copied so many words at a time.
  static constexpr std::size_t kCopied = 8;

  void begin(float rate);
  // Words of a window, at most `most` of which are kept: what is behind them is not counted.
  void copy_inputs(std::size_t at, const std::uint32_t* words, std::size_t most);

  std::vector<std::uint32_t> data_;  // inputs, outputs, parts, room to copy
  std::uint32_t most_inputs_ = 0;
  std::uint32_t most_outputs_ = 0;
  std::uint32_t input_count_ = 0;
  std::uint32_t output_count_ = 0;
  std::uint32_t part_count_ = 0;
  std::uint32_t coming_ = kNone;
  float rate_ = 0;
};

/// Draws the examples of blocks. All that is random comes from the block's own stream.
class ExampleSource {
 public:
  explicit ExampleSource(const Word2VecState& state);

  void start(std::size_t block);
  /// False at the end of the block.
  bool next(Example& example);

 private:
  bool next_sentence();
  void add_subwords(Example& example, std::uint32_t word) const;
  void add_outputs(Example& example, std::uint32_t word);
  void add_path(Example& example, std::uint32_t word) const;
  static void end_part(Example& example);

  const Word2VecState& state_;
  std::span<const std::uint32_t> block_;  // what is left of it
  Random random_{0};
  float rate_ = 0;
  std::vector<std::uint32_t> sentence_;  // room for the longest, and for a window behind it
  std::size_t length_ = 0;
  std::size_t centre_ = 0;
  std::size_t next_draw_ = 0;
};

/// An example's rows in a pair of tables, as the kernels want them.
class ExampleRows {
 public:
  ExampleRows() = default;
  explicit ExampleRows(const Word2VecState& state);

  /// Asks the processor for the rows that none before it had.
  void set(const Example& example, VectorTable& input, VectorTable& output);

  const kernels::SkipGramStep& skip_gram_step() const { return skip_gram_step_; }
  const kernels::MeanStep& mean_step() const { return mean_step_; }

 private:
  std::vector<float*> inputs_;
  std::vector<float*> outputs_;
  std::vector<float> labels_;
  std::vector<std::size_t> parts_;
  // Made with the rows, well before they are used: spans that were just stored in pieces and are
  // read whole wait for all stores before them.
  kernels::SkipGramStep skip_gram_step_{};
  kernels::MeanStep mean_step_{};
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_EXAMPLES_H_
