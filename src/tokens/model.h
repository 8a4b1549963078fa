// What every tokenization model is to the tokenizer: a way to cut one word into pieces.
#ifndef SEMEME_TOKENS_MODEL_H_
#define SEMEME_TOKENS_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sememe/types.h"
#include "tokens/vocabulary.h"

namespace sememe::tokens {

/// A token of a word and the bytes of the word that it covers. Without initial values, since arrays
/// of it are filled by encode_word: to zero them cost a third of the whole encoding.
struct Piece {
  TokenId id;
  std::uint32_t begin;
  std::uint32_t end;
};

/// Immutable; any number of threads may encode.
class Model {
 public:
  virtual ~Model() = default;
  /// Cuts `word` (valid UTF-8, normalised, not empty, below 4 GiB) into pieces, in order; writes
  /// them to the front of `pieces` and returns how many. pieces.size() >= word.size(). No
  /// allocation.
  virtual std::size_t encode_word(std::string_view word, std::span<Piece> pieces) const = 0;
  virtual const Vocabulary& vocabulary() const = 0;
  /// The token that stands for a word that cannot be cut.
  virtual TokenId unknown() const = 0;
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_MODEL_H_
