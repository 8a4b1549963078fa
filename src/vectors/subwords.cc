#include "vectors/subwords.h"

#include <string>

namespace sememe::vectors {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::uint32_t hash_byte(std::uint32_t hash, char byte) {
  const auto extended = static_cast<std::uint32_t>(static_cast<std::int8_t>(byte));
  return (hash ^ extended) * 16777619U;
}

}  // namespace

void append_subwords(std::string_view word, const SubwordOptions& options,
                     std::vector<std::uint32_t>& buckets) {
  if (word == kEndOfSentence) return;
  const std::string marked = "<" + std::string(word) + ">";
  for (std::size_t begin = 0; begin < marked.size(); ++begin) {
    if (continues_character(marked[begin])) continue;
    std::uint32_t hash = 2166136261U;
    std::size_t end = begin;
    for (std::size_t n = 1; n <= options.longest && end < marked.size(); ++n) {
      do {
        hash = hash_byte(hash, marked[end++]);
      } while (end < marked.size() && continues_character(marked[end]));
      const bool mark_alone = n == 1 && (begin == 0 || end == marked.size());
      if (n >= options.shortest && !mark_alone) buckets.push_back(hash % options.buckets);
    }
  }
}

}  // namespace sememe::vectors
