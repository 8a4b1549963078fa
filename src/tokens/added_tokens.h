// Tokens that are found in a text before the model sees it: "[MASK]", "<|end|>" and the like.
//
// The rules are those of Hugging Face tokenizers 0.23. Tokens with normalized = false are looked
// for in the text as it was given, the others, by their normalised content, in the normalised text.
// At each place the longest token wins, places go from left to right and do not overlap.
#ifndef SEMEME_TOKENS_ADDED_TOKENS_H_
#define SEMEME_TOKENS_ADDED_TOKENS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"
#include "tokens/normalized_text.h"
#include "tokens/trie.h"
#include "tokens/vocabulary.h"

namespace sememe::tokens {

struct AddedToken {
  std::string content;
  TokenId id{};
  bool single_word = false;  ///< only where no word character stands beside it
  bool lstrip = false;       ///< takes the white space before it, too
  bool rstrip = false;       ///< takes the white space after it, too
  bool normalized = false;   ///< found in the normalised text
};

struct AddedTokenMatch {
  TokenId id{};
  ByteRange range;  ///< with the white space that it takes
};

/// Finds a set of added tokens in a text. Immutable.
class AddedTokenMatcher {
 public:
  /// tokens: none empty; of two with the same content the one with the smaller id is found.
  /// Throws Error(kUnsupported) for a content longer than Vocabulary::kMaxTokenBytes.
  explicit AddedTokenMatcher(std::vector<AddedToken> tokens);

  bool empty() const { return tokens_.empty(); }
  /// Replaces `matches` by those in text[range.begin, range.end), ascending; ranges count from the
  /// start of `text`. Nothing outside of the range is looked at. Cost: linear, times the length of
  /// the longest token where many begin.
  void find(std::string_view text, ByteRange range, std::vector<AddedTokenMatch>& matches) const;

 private:
  struct Hit {
    std::size_t token = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::optional<Hit> next_hit(std::string_view text, std::size_t from) const;
  std::size_t next_candidate(std::string_view text, std::size_t from) const;

  std::vector<AddedToken> tokens_;
  Trie trie_;  // values are indexes into tokens_
  std::array<bool, 256> is_first_byte_{};
  std::optional<char> only_first_byte_;
};

/// The added tokens of a tokenizer: names, ids and the two matchers.
class AddedTokens {
 public:
  /// tokens: in the order of the file; ids are given here, as the reference does it: a token of the
  /// vocabulary keeps its id, the others are numbered on from vocabulary.size(). An empty content
  /// is ignored; the same content again replaces what was said before.
  AddedTokens(std::vector<AddedToken> tokens, const Vocabulary& vocabulary,
              const Normalizer& normalizer);

  const AddedTokenMatcher& plain() const { return plain_; }
  const AddedTokenMatcher& normalized() const { return normalized_; }

  std::optional<TokenId> find(std::string_view content) const;
  std::optional<std::string_view> token(TokenId id) const;
  /// One more than the largest id; 0 when there are none.
  std::size_t id_limit() const;

 private:
  std::vector<AddedToken> tokens_;
  AddedTokenMatcher plain_;
  AddedTokenMatcher normalized_;
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_ADDED_TOKENS_H_
