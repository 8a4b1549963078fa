#include "tokens/pre_tokenizer.h"

#include "text/utf8.h"
#include "tokens/reference_unicode.h"

namespace sememe::tokens {
namespace {

enum class Kind { kSpace, kWord, kAlone, kOther };

Kind kind_of(PreTokenizer pre_tokenizer, char32_t c) {
  const std::uint8_t bits = reference::properties(c);
  if ((bits & reference::kWhiteSpace) != 0) return Kind::kSpace;
  switch (pre_tokenizer) {
    case PreTokenizer::kBert:
      return (bits & reference::kPunctuation) != 0 ? Kind::kAlone : Kind::kWord;
    case PreTokenizer::kWhitespace:
      return reference::is_word_character(c) ? Kind::kWord : Kind::kOther;
    default:
      return Kind::kWord;
  }
}

}  // namespace

std::optional<ByteRange> next_word(PreTokenizer kind, std::string_view bytes, std::size_t from) {
  if (kind == PreTokenizer::kNone) {
    if (from == bytes.size()) return std::nullopt;
    return ByteRange{from, bytes.size()};
  }
  std::size_t begin = from;
  std::optional<Kind> word;
  for (std::size_t at = from; at < bytes.size();) {
    const text::CodePoint point = text::decode_valid_code_point(bytes.data() + at);
    const Kind found = kind_of(kind, point.value);
    if (word && found != *word) return ByteRange{begin, at};
    at += point.size;
    if (found == Kind::kSpace) {
      begin = at;
    } else if (found == Kind::kAlone) {
      return ByteRange{begin, at};
    } else {
      word = found;
    }
  }
  if (!word) return std::nullopt;
  return ByteRange{begin, bytes.size()};
}

}  // namespace sememe::tokens
