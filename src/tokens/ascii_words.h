// What normaliser and pre-tokeniser do to each single byte of ASCII, as a table: the fast path of
// encode, for the text that most users send.
//
// No step of a normaliser looks past a neighbouring ASCII character (each is a starter, and nothing
// decomposes into a part of one), so what happens to it alone happens to it everywhere. The table
// is filled by running the general code on each character: it cannot disagree with it.
#ifndef SEMEME_TOKENS_ASCII_WORDS_H_
#define SEMEME_TOKENS_ASCII_WORDS_H_

#include <array>
#include <cstdint>

#include "tokens/normalized_text.h"
#include "tokens/pre_tokenizer.h"

namespace sememe::tokens {

enum class ByteClass : std::uint8_t {
  kWord,   ///< belongs to a word, as `mapped`
  kSpace,  ///< separates words
  kAlone,  ///< is a word of its own, as `mapped`
  kSlow,   ///< not ASCII, or ASCII that the normaliser drops or makes longer
};

struct AsciiWords {
  AsciiWords(const Normalizer& normalizer, PreTokenizer pre_tokenizer);

  /// Whether cutting a text at kSpace and kAlone bytes and handling the parts one by one gives the
  /// same words as handling it as a whole.
  bool is_usable = false;
  std::array<ByteClass, 256> classes{};
  std::array<char, 256> mapped{};
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_ASCII_WORDS_H_
