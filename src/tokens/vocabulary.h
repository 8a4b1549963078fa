// The tokens of a model and their ids.
#ifndef SEMEME_TOKENS_VOCABULARY_H_
#define SEMEME_TOKENS_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"
#include "tokens/trie.h"

namespace sememe::tokens {

/// Collects the entries of a vocabulary file, in any order.
class VocabularyBuilder {
 public:
  /// Throws Error(kUnsupported) for a token longer than kMaxTokenBytes.
  void add(std::string_view token, std::uint32_t id);

 private:
  friend class Vocabulary;
  struct Entry {
    std::size_t offset;  // into bytes_
    std::uint32_t size;
    std::uint32_t id;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

/// Immutable. Ids need not be dense: memory goes with the number of tokens, never with the largest
/// id, which a hostile file may set at will.
class Vocabulary {
 public:
  /// The longest token that is accepted. WordPiece walks at most this far for one piece, so it
  /// bounds the cost of a byte of text whatever the file says; the longest of BERT's tokens has
  /// 18.
  static constexpr std::size_t kMaxTokenBytes = 1024;

  /// Throws Error(kCorrupt) when two entries share a token or an id.
  explicit Vocabulary(VocabularyBuilder&& builder);

  std::size_t size() const { return entries_.size(); }
  /// One more than the largest id; 0 for an empty vocabulary.
  std::size_t id_limit() const {
    return entries_.empty() ? 0 : entries_.back().id + std::size_t{1};
  }
  /// Cost: one walk.
  std::optional<TokenId> find(std::string_view token) const;
  /// Nothing for an id that no token has. Cost: one binary search.
  std::optional<std::string_view> token(TokenId id) const;
  /// Tokens as keys, ids as values.
  const Trie& trie() const { return trie_; }

 private:
  std::string_view text(const VocabularyBuilder::Entry& entry) const {
    return std::string_view(bytes_).substr(entry.offset, entry.size);
  }

  std::string bytes_;
  std::vector<VocabularyBuilder::Entry> entries_;  // ascending by id
  Trie trie_;
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_VOCABULARY_H_
