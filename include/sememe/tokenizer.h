// Text to token ids, with the place of every token in the original text.
#ifndef SEMEME_TOKENIZER_H_
#define SEMEME_TOKENIZER_H_

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sememe/export.h"
#include "sememe/types.h"

namespace sememe {

/// One text as a model sees it.
struct Encoding {
  std::vector<TokenId> ids;  ///< [T], with the special tokens the model expects
  std::vector<ByteRange>
      offsets;  ///< [T], bytes of the original text; {0, 0} for added special tokens
  std::size_t token_count =
      0;  ///< tokens of the whole text, special ones included, before it was cut

  bool truncated() const { return token_count > ids.size(); }
};

struct EncodeOptions {
  /// Longer texts are cut at the end so that ids, special tokens included, number at most this
  /// many.
  std::size_t max_tokens = std::numeric_limits<std::size_t>::max();
  /// Whether the special tokens that the model expects are put around the text. Static models want
  /// none.
  bool special_tokens = true;
};

/// A tokenizer as published in a Hugging Face tokenizer.json. Truncation and padding stored in that
/// file are not applied: limits belong to the model. Immutable; encode may be called from several
/// threads.
class SEMEME_API Tokenizer {
 public:
  /// bytes: a tokenizer.json; what: its name in messages. Throws Error(kCorrupt) for a file that
  /// contradicts itself, Error(kUnsupported) for a component this version has not (the component is
  /// named).
  static Tokenizer from_json(std::string_view bytes, std::string_view what);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// text: valid UTF-8. Throws Error(kInvalidArgument) with the offset of the first bad byte
  /// otherwise.
  Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// The same into `out`, whose memory is used again: no allocation once it is large enough.
  void encode_into(std::string_view text, const EncodeOptions& options, Encoding& out) const;

  /// The text of a token ("##ing", "[CLS]"). Throws Error(kInvalidArgument) for an id outside the
  /// vocabulary.
  std::string_view token(TokenId id) const;
  /// The same; nothing for an id that no token has.
  std::optional<std::string_view> find(TokenId id) const;
  /// The id of exactly this token text.
  std::optional<TokenId> find(std::string_view token) const;
  /// The token that stands for what the vocabulary cannot spell: "[UNK]".
  TokenId unknown_token() const;
  /// One more than the largest id, added tokens included.
  std::size_t vocabulary_size() const;
  /// How many special tokens encode puts around a text.
  std::size_t special_token_count() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sememe

#endif  // SEMEME_TOKENIZER_H_
