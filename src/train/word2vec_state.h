// What word2vec training works on, for the files that do the work.
#ifndef SEMEME_TRAIN_WORD2VEC_STATE_H_
#define SEMEME_TRAIN_WORD2VEC_STATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "train/huffman.h"
#include "train/sampling.h"
#include "train/subwords.h"
#include "train/vector_table.h"
#include "train/word2vec.h"
#include "train/word_corpus.h"

namespace sememe::train {

struct Word2VecState {
  Word2VecState(const WordCorpus& text, const Word2VecOptions& wished)
      : corpus(text), options(wished) {}

  const WordCorpus& corpus;
  Word2VecOptions options;
  VectorTable input;   // [words, then buckets]
  VectorTable output;  // [words], or [inner nodes] with a tree
  Subwords subwords;
  DrawList negatives;  // or
  HuffmanTree tree;
  std::vector<std::uint32_t> keep;
  std::size_t next_block = 0;  // of all epochs
  std::size_t end_block = 0;   // where this call of train() ends

  bool has_tree() const { return options.objective == Objective::kHierarchicalSoftmax; }
  /// Whether the inputs of an example count as one, their mean.
  bool trains_mean() const {
    return options.subwords.enabled() || options.architecture == Architecture::kCbow;
  }
  /// Of the input table.
  std::uint32_t bucket_row(std::uint32_t bucket) const {
    return static_cast<std::uint32_t>(corpus.vocabulary().size()) + bucket;
  }
  /// Blocks of all epochs, and the words of the corpus before one of them.
  std::size_t blocks() const { return corpus.blocks() * options.epochs; }
  std::uint64_t words() const { return corpus.words() * options.epochs; }
  std::uint64_t words_before(std::size_t block) const {
    return block / corpus.blocks() * corpus.words() + corpus.words_before(block % corpus.blocks());
  }
  float rate(std::size_t block) const;
};

/// The loss of some centres: one of so many, which takes less than one percent of the time.
struct LossSum {
  static constexpr std::size_t kEvery = 512;
  double sum = 0;
  std::size_t pairs = 0;
  void add(double loss, std::size_t of_pairs) {
    sum += loss;
    pairs += of_pairs;
  }
  double mean() const { return pairs == 0 ? 0 : sum / static_cast<double>(pairs); }
};

/// Called for a block that is done, by one thread at a time; false: no further blocks.
using BlockDone = std::function<bool(std::size_t block, const LossSum& loss)>;

/// Both train from state.next_block on, up to state.end_block, and leave it where they end.
/// Threads take blocks as they come, and move rows without locks.
void train_asynchronous(Word2VecState& state, const BlockDone& done);
/// The same bytes for any number of threads: see word2vec_deterministic.cc.
void train_deterministic(Word2VecState& state, const BlockDone& done);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_WORD2VEC_STATE_H_
