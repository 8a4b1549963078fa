// Two targets in one, chosen by the first byte.
//
// Even: the other bytes, made valid UTF-8, are a text for tokenizers of several settings; offsets
// must ascend and lie in the text, the same text must give the same tokens, a limit must only cut.
// Odd: they are a tokenizer.json; it must be refused with an Error or give a tokenizer that works.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_context.h"
#include "sememe/error.h"
#include "sememe/tokenizer.h"
#include "text/utf8.h"
#include "tokens/test_support.h"

namespace sememe::tokens {
namespace {

std::vector<Tokenizer> make_tokenizers() {
  Json json = testing_support::tiny_tokenizer_json(
      {"a", "b", "##a", "##ab", "the", "##s", "e", ".", "[", "\xE4\xB8\xAD", "i", "##\xCC\x87"});
  std::vector<Tokenizer> out;
  out.push_back(testing_support::make_tokenizer(json));
  json["normalizer"]["strip_accents"] = false;
  json["normalizer"]["clean_text"] = false;
  json["pre_tokenizer"]["type"] = "Whitespace";
  out.push_back(testing_support::make_tokenizer(json));
  json["normalizer"] = Json::parse(
      R"({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]})");
  json["pre_tokenizer"]["type"] = "WhitespaceSplit";
  json["added_tokens"] = Json::parse(R"([
    {"id": 0, "content": "[M]", "single_word": false, "lstrip": true, "rstrip": false,
     "normalized": false, "special": true},
    {"id": 0, "content": "ab", "single_word": true, "lstrip": false, "rstrip": true,
     "normalized": true, "special": false}])");
  out.push_back(testing_support::make_tokenizer(json));
  return out;
}

void check_text(const Tokenizer& tokenizer, std::string_view text) {
  const Encoding encoding = tokenizer.encode(text);
  SEMEME_CHECK(encoding.ids.size() == encoding.offsets.size());
  SEMEME_CHECK(encoding.token_count == encoding.ids.size() && !encoding.truncated());
  ByteRange last;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const ByteRange& range = encoding.offsets[i];
    tokenizer.token(encoding.ids[i]);
    if (range == ByteRange{}) continue;
    SEMEME_CHECK(range.begin < range.end && range.end <= text.size());
    SEMEME_CHECK(range.begin >= last.begin && range.end >= last.end);
    last = range;
  }

  Encoding again;
  tokenizer.encode_into(text, {}, again);
  SEMEME_CHECK(again.ids == encoding.ids && again.offsets == encoding.offsets);

  const std::size_t special = tokenizer.special_token_count();
  const std::size_t limit = special + (encoding.ids.size() - special) / 2;
  tokenizer.encode_into(text, {.max_tokens = limit}, again);
  SEMEME_CHECK(again.ids.size() == limit && again.token_count == encoding.token_count);
}

void check_json(std::string_view bytes) {
  try {
    const Tokenizer tokenizer = Tokenizer::from_json(bytes, "fuzz");
    for (const char* const text : {"", "The cats, e.g. [MASK]", "\xC3\x89\xE4\xB8\xAD\xCC\x81 x"}) {
      const Encoding encoding = tokenizer.encode(text);
      for (const TokenId id : encoding.ids) {
        SEMEME_CHECK(static_cast<std::size_t>(id) < tokenizer.vocabulary_size());
        tokenizer.token(id);
      }
    }
  } catch (const Error& error) {
    SEMEME_CHECK(error.what()[0] != '\0');
  }
}

}  // namespace
}  // namespace sememe::tokens

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sememe;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) {
    tokens::check_json(bytes);
    return 0;
  }
  static const std::vector<Tokenizer> kTokenizers = tokens::make_tokenizers();
  const std::string text = text::replace_invalid_utf8(bytes).text;
  for (const Tokenizer& tokenizer : kTokenizers) tokens::check_text(tokenizer, text);
  return 0;
}
