#include "vectors/word_list.h"

#include <bit>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::vectors {

WordList WordList::parse_lines(std::string_view text) {
  WordList words;
  words.bytes_.reserve(text.size());
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    words.add(line);
  }
  return words;
}

std::size_t WordList::slot_of(std::string_view word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = xxh3_64(word) & mask;
  while (slots_[at] != 0 && (*this)[slots_[at] - 1] != word) at = (at + 1) & mask;
  return at;
}

std::optional<std::size_t> WordList::find(std::string_view word) const {
  if (size() == 0) return std::nullopt;
  if (slots_.empty()) {
    slots_.assign(std::bit_ceil(2 * size()), 0);
    for (std::size_t i = 0; i < size(); ++i) {
      std::uint32_t& slot = slots_[slot_of((*this)[i])];
      if (slot == 0) slot = static_cast<std::uint32_t>(i + 1);
    }
  }
  const std::uint32_t slot = slots_[slot_of(word)];
  return slot == 0 ? std::nullopt : std::optional<std::size_t>(slot - 1);
}

void WordList::add(std::string_view word) {
  if (size() == 0xFFFFFFFE) {
    throw Error(ErrorCode::kLimit, "words: expected fewer than 2^32 - 1");
  }
  bytes_ += word;
  starts_.push_back(bytes_.size());
  slots_.clear();
}

}  // namespace sememe::vectors
