// Cuts normalised text into the words that a model takes one at a time.
#ifndef SEMEME_TOKENS_PRE_TOKENIZER_H_
#define SEMEME_TOKENS_PRE_TOKENIZER_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "sememe/types.h"

namespace sememe::tokens {

enum class PreTokenizer {
  kNone,             ///< the whole text is one word
  kBert,             ///< split at white space, which goes, and around each punctuation character
  kWhitespaceSplit,  ///< split at white space
  kWhitespace,       ///< runs of word characters, and runs of what is neither those nor space
};

/// The first word at or after `from` of `bytes` (valid UTF-8), never empty; nothing when none is
/// left. Calling it again with the end of the last word walks all of them in linear time.
std::optional<ByteRange> next_word(PreTokenizer kind, std::string_view bytes, std::size_t from);

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_PRE_TOKENIZER_H_
