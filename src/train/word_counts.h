// Distinct words and how often each was seen, within a limit of memory.
#ifndef SEMEME_TRAIN_WORD_COUNTS_H_
#define SEMEME_TRAIN_WORD_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sememe::train {

/// Words by descending count, equal counts by their bytes. The id of a word is its place.
class WordVocabulary {
 public:
  void add(std::string_view word, std::uint64_t count);
  std::size_t size() const { return counts_.size(); }
  std::string_view word(std::size_t id) const {
    return std::string_view(bytes_).substr(starts_[id], starts_[id + 1] - starts_[id]);
  }
  std::span<const std::uint64_t> counts() const { return counts_; }
  /// The sum of all counts.
  std::uint64_t total() const { return total_; }

 private:
  std::string bytes_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
};

inline constexpr std::uint32_t kNoWord = 0xFFFFFFFF;

/// Counts words and gives each a number of its own in the order of their coming. When words take
/// more than `max_bytes`, those seen least are forgotten; a forgotten word that comes again is a
/// new one, so counts near the threshold can be too low (as in word2vec.c). At most 2^32 - 2
/// numbers.
class WordCounts {
 public:
  explicit WordCounts(std::size_t max_bytes = std::size_t{4} << 30);

  /// The number of `word`, which is counted `times` more. Cost: one hash and about one cache miss.
  std::uint32_t add(std::string_view word, std::uint64_t times = 1);

  struct Known {
    std::uint32_t number;
    std::uint64_t count;
  };
  /// What is known of `word`: {kNoWord, 0} where it was not seen, or forgotten.
  Known find(std::string_view word) const;

  /// The words seen at least min_count times, at most max_words of them (0: all).
  struct Selection {
    WordVocabulary vocabulary;
    std::vector<std::uint32_t> ids;  ///< by number: the word's id, or kNoWord
  };
  Selection select(std::uint64_t min_count, std::size_t max_words) const;

  std::size_t distinct() const { return words_.size(); }
  /// Words seen at most so often were forgotten; 0: none were.
  std::uint64_t forgotten_up_to() const { return forgotten_; }

 private:
  struct Word {
    std::size_t start;
    std::uint32_t size;
    std::uint32_t number;
    std::uint64_t count;
  };
  std::string_view text(const Word& word) const {
    return std::string_view(bytes_).substr(word.start, word.size);
  }
  std::size_t slot_of(std::string_view word, std::uint64_t hash) const;
  void rehash(std::size_t size);
  void forget();
  std::size_t memory() const;

  std::size_t max_bytes_;
  std::string bytes_;
  std::vector<Word> words_;
  // Open addressing: the upper half of an entry is of the hash, the lower one an index into words_
  // plus one; zero is empty.
  std::vector<std::uint64_t> slots_;
  std::uint32_t next_number_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_WORD_COUNTS_H_
