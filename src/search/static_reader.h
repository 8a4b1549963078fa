// What a static model reads of a text: tokens without special ones, within the model's limits.
#ifndef SEMEME_SEARCH_STATIC_READER_H_
#define SEMEME_SEARCH_STATIC_READER_H_

#include <cstddef>
#include <string_view>

#include "model/sentence_transformers.h"
#include "sememe/tokenizer.h"

namespace sememe {

/// Tokens that were read of a text, and tokens of the whole text.
struct TokensRead {
  std::size_t read = 0;
  std::size_t all = 0;
};

/// Immutable. The tokenizer must live as long.
class StaticReader {
 public:
  /// Cost: a pass over the vocabulary for models that cut by characters.
  StaticReader(const Tokenizer& tokenizer, const model::ModelConfig& config);

  /// Puts the tokens that the model takes the mean of into out.ids; the offsets in `out` mean
  /// nothing. Unknown tokens that the model leaves out count as read. Throws as
  /// Tokenizer::encode_into. Cost: a text over the limit of characters is tokenized twice.
  TokensRead read(std::string_view text, Encoding& out) const;

 private:
  const Tokenizer& tokenizer_;
  std::size_t max_tokens_;
  std::size_t max_characters_;
  bool drop_unknown_;
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_STATIC_READER_H_
