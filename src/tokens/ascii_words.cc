#include "tokens/ascii_words.h"

#include <optional>
#include <string>

namespace sememe::tokens {

AsciiWords::AsciiWords(const Normalizer& normalizer, PreTokenizer pre_tokenizer)
    : is_usable(pre_tokenizer == PreTokenizer::kBert ||
                pre_tokenizer == PreTokenizer::kWhitespaceSplit) {
  classes.fill(ByteClass::kSlow);
  NormalizedText text;
  for (std::size_t byte = 0; byte < 128; ++byte) {
    const std::string source(1, static_cast<char>(byte));
    text.assign(source, {0, 1}, normalizer);
    if (text.bytes().size() != 1) continue;
    mapped[byte] = text.bytes()[0];
    if (!next_word(pre_tokenizer, text.bytes(), 0)) {
      classes[byte] = ByteClass::kSpace;
      continue;
    }
    // Between two letters, a character of a word joins them and one that stands alone does not.
    const std::string between = "a" + std::string(text.bytes()) + "a";
    const std::optional<ByteRange> word = next_word(pre_tokenizer, between, 0);
    classes[byte] = word->end == between.size() ? ByteClass::kWord : ByteClass::kAlone;
  }
}

}  // namespace sememe::tokens
