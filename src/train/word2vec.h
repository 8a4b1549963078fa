// Skip-gram and CBOW with negative sampling or hierarchical softmax (Mikolov et al. 2013): word
// vectors by stochastic gradient descent over a corpus.
//
// Skip-gram here shares the negative samples of a centre word among the words of its window, whose
// inputs are trained on the centre as output (Ji et al. 2016, "Parallelizing word2vec in shared and
// distributed memory"): a small matrix product instead of many single ones, at no loss of quality.
//
// A block of the corpus has its own stream of random numbers and its own learning rate, both from
// its place alone. With one thread the result is the same bytes for the same seed on every
// processor. More threads take blocks as they come and write into the same rows without locks, or,
// `deterministic`, share out each batch of centres so that their number does not matter.
#ifndef SEMEME_TRAIN_WORD2VEC_H_
#define SEMEME_TRAIN_WORD2VEC_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>

#include "base/file.h"
#include "train/subwords.h"
#include "train/vector_table.h"
#include "train/word_corpus.h"

namespace sememe::train {

enum class Architecture { kSkipGram, kCbow };

/// What an output is: the word against some drawn at random, or the decisions on its way down a
/// tree of all words.
enum class Objective { kNegativeSampling, kHierarchicalSoftmax };

struct Word2VecOptions {
  Architecture architecture = Architecture::kSkipGram;
  std::size_t dim = 100;   ///< 1 to 4096
  std::size_t window = 5;  ///< words on each side, at most; each centre draws 1 to that many
  Objective objective = Objective::kNegativeSampling;
  std::size_t negative = 5;      ///< words drawn at random for each centre, 1 to 64
  double negative_power = 0.75;  ///< they are drawn by count to this power
  double sample = 1e-4;          ///< frequent words are left out, see keep_chances()
  float rate = 0.05F;            ///< falls linearly to 1e-4 of it
  std::size_t epochs = 5;
  std::size_t threads = 1;
  /// The same bytes for any number of threads (others than without it).
  bool deterministic = false;
  std::uint64_t seed = 1;
  /// fastText's skip-gram: a word is the mean of its own vector and those of its n-grams. Off.
  SubwordOptions subwords = {.shortest = 3, .longest = 0, .buckets = 2000000};
};

struct TrainingProgress {
  std::uint64_t words = 0;        ///< of the corpus, all epochs, so far
  std::uint64_t total_words = 0;  ///< in all
  double loss = 0;  ///< mean of a pair of recent words, negatives included; 0: not known yet
  float rate = 0;
};

struct Word2VecState;

class Word2Vec {
 public:
  /// The corpus is borrowed. Throws Error(kInvalidArgument) for options out of range.
  Word2Vec(const WordCorpus& corpus, const Word2VecOptions& options);
  ~Word2Vec();
  Word2Vec(Word2Vec&&) noexcept;
  Word2Vec& operator=(Word2Vec&&) noexcept;

  /// All epochs, or what is left of them. progress: called about every block, by one thread at a
  /// time; when it returns false training stops after the blocks at hand, and the vectors are
  /// what they are then. Stops also after the block with which `up_to` words are done, whatever the
  /// number of threads. Returns whether training went to its end.
  bool train(const std::function<bool(const TrainingProgress&)>& progress = {},
             std::uint64_t up_to = std::numeric_limits<std::uint64_t>::max());

  /// Writes down where training stands (docs/formats/checkpoint.md), between calls of train().
  void save(const Path& checkpoint) const;
  /// Goes on from there: a new model of the same corpus and options, threads apart, then comes to
  /// the same bytes. Throws Error(kInvalidArgument) where the file is of others, kCorrupt where it
  /// is damaged.
  void resume(const Path& checkpoint);
  /// Begins with the vectors that words have there. The corpus should be read with the words of the
  /// checkpoint as known ones. Throws as resume() where dimensions or n-grams differ.
  void start_from(const Path& checkpoint);
  /// Words of the corpus, of all epochs, that are done.
  std::uint64_t words_done() const;

  /// The word vectors, by id.
  VectorTable vectors() const;
  /// One of them [dim].
  void vector(std::size_t word, std::span<float> out) const;
  /// [words, then buckets] of inputs; of outputs [words], or [inner nodes] with a tree.
  const VectorTable& input() const;
  const VectorTable& output() const;

 private:
  std::unique_ptr<Word2VecState> state_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_WORD2VEC_H_
