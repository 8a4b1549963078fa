// Reads a Hugging Face tokenizer.json into the parts of a tokenizer.
#ifndef SEMEME_TOKENS_TOKENIZER_JSON_H_
#define SEMEME_TOKENS_TOKENIZER_JSON_H_

#include <memory>
#include <string_view>
#include <vector>

#include "sememe/types.h"
#include "tokens/added_tokens.h"
#include "tokens/model.h"
#include "tokens/normalized_text.h"
#include "tokens/pre_tokenizer.h"

namespace sememe::tokens {

/// The special tokens that a post-processor puts around one text.
struct Template {
  std::vector<TokenId> before;
  std::vector<TokenId> after;
};

struct TokenizerParts {
  Normalizer normalizer;
  PreTokenizer pre_tokenizer = PreTokenizer::kNone;
  std::unique_ptr<const Model> model;
  std::vector<AddedToken> added_tokens;  ///< without ids, in the order of the file
  Template special;
};

/// bytes: hostile. Throws Error(kCorrupt) where the file contradicts itself or JSON,
/// Error(kUnsupported) for a component that is not offered, Error(kLimit) for a file over 256 MiB.
/// Messages lack the file's name; callers add it. "truncation", "padding" and "decoder" are not
/// read. Cost: one pass; vocabulary entries go straight into the vocabulary, without a JSON tree.
TokenizerParts parse_tokenizer_json(std::string_view bytes);

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_TOKENIZER_JSON_H_
