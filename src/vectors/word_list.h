// A list of words that finds a word's place.
#ifndef SEMEME_VECTORS_WORD_LIST_H_
#define SEMEME_VECTORS_WORD_LIST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sememe::vectors {

/// Words are any bytes, and may come twice. At most 2^32 - 2.
class WordList {
 public:
  /// Words one a line; the last line may lack its end, and a line may end in "\r\n". Cost: one pass
  /// and a copy.
  static WordList parse_lines(std::string_view text);

  std::size_t size() const { return starts_.size() - 1; }
  std::string_view operator[](std::size_t i) const {
    return std::string_view(bytes_).substr(starts_[i], starts_[i + 1] - starts_[i]);
  }
  /// The first place of the word. Cost: one hash; the first call makes the table, so it must not
  /// run beside another.
  std::optional<std::size_t> find(std::string_view word) const;

  void add(std::string_view word);
  void reserve(std::size_t words) { starts_.reserve(words + 1); }

 private:
  // Where the word stands in slots_, or the free place that it would take.
  std::size_t slot_of(std::string_view word) const;

  std::string bytes_;
  std::vector<std::size_t> starts_ = {0};
  mutable std::vector<std::uint32_t> slots_;  // of find(): index plus one, or 0
};

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_WORD_LIST_H_
