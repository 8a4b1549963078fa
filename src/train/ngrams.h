// Terms: the words of a corpus, and the runs of up to N of them that come often enough.
#ifndef SEMEME_TRAIN_NGRAMS_H_
#define SEMEME_TRAIN_NGRAMS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/pair_counts.h"
#include "train/word_corpus.h"

namespace sememe::train {

struct NgramOptions {
  std::size_t longest = 1;      ///< words of the longest, 1 (words alone) to 8
  std::uint64_t min_count = 5;  ///< n-grams of two words and more that come less often are none
  std::size_t max_bytes = std::size_t{2} << 30;  ///< of counts at a time, see PairCounts
};

/// Words and n-grams, numbered by descending count, equal counts by their bytes. An n-gram is words
/// of the vocabulary that follow each other in a sentence once all others are left out, written
/// with
/// "_" between them.
///
/// Counted level by level: an n-gram is a frequent (n - 1)-gram and a word behind it, for none
/// comes more often than what it begins with (Agrawal and Srikant 1994). Cost: a pass over the
/// corpus for each level.
class Ngrams {
 public:
  /// Throws Error(kInvalidArgument) for a length out of range.
  Ngrams(const WordCorpus& corpus, const NgramOptions& options);

  const WordVocabulary& terms() const { return terms_; }
  /// n-grams seen up to so often were forgotten for want of memory; 0: none were.
  std::uint64_t forgotten_up_to() const { return forgotten_; }

  /// Appends the terms that end at each word of a piece of the corpus, which may have ends of
  /// sentences in it.
  void append_terms(std::span<const std::uint32_t> ids, std::vector<std::uint32_t>& terms) const;

 private:
  // Numbers within each level of the n-grams that end at one place.
  struct Ends;
  void add_level(const WordCorpus& corpus, const NgramOptions& options);
  void sort_terms(const WordVocabulary& words);

  WordVocabulary terms_;
  std::vector<PairCounts> levels_;  // from pairs on: number of an n-gram by its parts
  std::vector<std::vector<PairCounts::Pair>> ngrams_;  // the same, listed
  std::vector<std::size_t> first_;                     // of each level among all, words included
  std::vector<std::uint32_t> order_;                   // of those, to terms
  std::uint64_t forgotten_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_NGRAMS_H_
