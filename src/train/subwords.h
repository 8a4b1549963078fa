// The character n-grams of a vocabulary, which fastText's skip-gram trains.
#ifndef SEMEME_TRAIN_SUBWORDS_H_
#define SEMEME_TRAIN_SUBWORDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/word_counts.h"
#include "vectors/subwords.h"

namespace sememe::train {

using vectors::SubwordOptions;

/// The buckets of every word of a vocabulary. Memory: 4 bytes an n-gram, some 20 a word.
class Subwords {
 public:
  Subwords() = default;
  Subwords(const WordVocabulary& vocabulary, const SubwordOptions& options);
  std::span<const std::uint32_t> of(std::size_t word) const {
    return std::span(buckets_).subspan(starts_[word], starts_[word + 1] - starts_[word]);
  }
  /// The most that a word has.
  std::size_t most() const { return most_; }

 private:
  std::vector<std::uint32_t> buckets_;
  std::vector<std::size_t> starts_;
  std::size_t most_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_SUBWORDS_H_
