// The parts of words that fastText gives vectors to: character n-grams, hashed into buckets
// (Bojanowski et al. 2017, "Enriching word vectors with subword information").
#ifndef SEMEME_TRAIN_SUBWORDS_H_
#define SEMEME_TRAIN_SUBWORDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "train/word_counts.h"

namespace sememe::train {

struct SubwordOptions {
  std::size_t shortest = 3;  ///< characters of an n-gram; shortest <= longest
  std::size_t longest = 6;   ///< 0: words only
  std::uint32_t buckets = 2000000;
  bool enabled() const { return longest > 0; }
};

/// Appends the buckets of the n-grams of "<word>", as fastText has them: FNV-1a of the bytes, each
/// taken as a signed char, over whole UTF-8 characters; no single '<' or '>'.
void append_subwords(std::string_view word, const SubwordOptions& options,
                     std::vector<std::uint32_t>& buckets);

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
