// WordPiece as BERT uses it: the longest known prefix of a word, then the longest continuation, and
// so on; a word with a part that is unknown becomes one unknown token.
#ifndef SEMEME_TOKENS_WORDPIECE_H_
#define SEMEME_TOKENS_WORDPIECE_H_

#include <cstddef>
#include <string>

#include "tokens/model.h"

namespace sememe::tokens {

struct WordPieceOptions {
  std::string unknown_token = "[UNK]";
  std::string continuation_prefix = "##";  ///< in front of every piece but a word's first
  std::size_t max_word_characters = 100;   ///< longer words are unknown; in code points
};

class WordPiece final : public Model {
 public:
  /// Throws Error(kCorrupt) when the vocabulary lacks the unknown token.
  WordPiece(Vocabulary vocabulary, const WordPieceOptions& options);

  /// Cost: at most one step per byte of the word and per byte of the longest token for each piece;
  /// a word of more than max_word_characters costs one pass.
  std::size_t encode_word(std::string_view word, std::span<Piece> pieces) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  TokenId unknown() const override { return unknown_; }

 private:
  bool is_too_long(std::string_view word) const;

  Vocabulary vocabulary_;
  TokenId unknown_;
  Trie::Node continuation_root_;  // kNoNode when no token has the prefix
  std::size_t max_word_characters_;
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_WORDPIECE_H_
