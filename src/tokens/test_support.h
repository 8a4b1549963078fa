// What the tests of this folder share: encodings as plain vectors, and tiny tokenizer.json files.
#ifndef SEMEME_TOKENS_TEST_SUPPORT_H_
#define SEMEME_TOKENS_TEST_SUPPORT_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "sememe/tokenizer.h"

namespace sememe::tokens::testing_support {

inline std::vector<std::uint32_t> ids_of(const Encoding& encoding) {
  std::vector<std::uint32_t> ids;
  for (const TokenId id : encoding.ids) ids.push_back(static_cast<std::uint32_t>(id));
  return ids;
}

inline std::vector<std::size_t> offsets_of(const Encoding& encoding) {
  std::vector<std::size_t> flat;
  for (const ByteRange& range : encoding.offsets) flat.insert(flat.end(), {range.begin, range.end});
  return flat;
}

inline std::vector<std::string> tokens_of(const Tokenizer& tokenizer, const Encoding& encoding) {
  std::vector<std::string> tokens;
  for (const TokenId id : encoding.ids) tokens.emplace_back(tokenizer.token(id));
  return tokens;
}

/// A lower-casing BERT tokenizer.json with these tokens in front of the usual special ones.
inline Json tiny_tokenizer_json(const std::vector<std::string>& words) {
  Json json = Json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null, "decoder": null,
    "added_tokens": [],
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                   "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100,
              "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}}
  })");
  Json& vocab = json["model"]["vocab"];
  for (const std::string& word : words) {
    const std::size_t next = vocab.size();
    vocab[word] = next;
  }
  return json;
}

inline Tokenizer make_tokenizer(const Json& json) {
  return Tokenizer::from_json(json.dump(), "tiny");
}

}  // namespace sememe::tokens::testing_support

#endif  // SEMEME_TOKENS_TEST_SUPPORT_H_
