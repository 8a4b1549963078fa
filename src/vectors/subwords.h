// The parts of words that fastText gives vectors to: character n-grams, hashed into buckets
// (Bojanowski et al. 2017, "Enriching word vectors with subword information").
#ifndef SEMEME_VECTORS_SUBWORDS_H_
#define SEMEME_VECTORS_SUBWORDS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sememe::vectors {

struct SubwordOptions {
  std::size_t shortest = 3;  ///< characters of an n-gram; shortest <= longest
  std::size_t longest = 6;   ///< 0: words only
  std::uint32_t buckets = 2000000;
  bool enabled() const { return longest > 0; }
};

/// The word that stands for a line end in fastText; it has no n-grams.
inline constexpr std::string_view kEndOfSentence = "</s>";

/// Appends the buckets of the n-grams of "<word>", as fastText has them: FNV-1a of the bytes, each
/// taken as a signed char, over whole UTF-8 characters; no single '<' or '>'.
void append_subwords(std::string_view word, const SubwordOptions& options,
                     std::vector<std::uint32_t>& buckets);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_SUBWORDS_H_
