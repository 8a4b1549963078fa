#include "tokens/wordpiece.h"

#include <algorithm>
#include <utility>

#include "base/error_context.h"
#include "sememe/error.h"

namespace sememe::tokens {
namespace {

TokenId unknown_token(const Vocabulary& vocabulary, std::string_view token) {
  const std::optional<TokenId> found = vocabulary.find(token);
  if (!found) {
    throw Error(ErrorCode::kCorrupt,
                concat("model: expected the unk_token ", quote(token), " in the vocabulary of ",
                       vocabulary.size(), " tokens, it is missing"));
  }
  return *found;
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, const WordPieceOptions& options)
    : vocabulary_(std::move(vocabulary)),
      unknown_(unknown_token(vocabulary_, options.unknown_token)),
      continuation_root_(vocabulary_.trie().walk(Trie::kRoot, options.continuation_prefix)),
      max_word_characters_(options.max_word_characters) {}

bool WordPiece::is_too_long(std::string_view word) const {
  if (word.size() <= max_word_characters_) return false;
  const auto characters = std::ranges::count_if(
      word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return static_cast<std::size_t>(characters) > max_word_characters_;
}

std::size_t WordPiece::encode_word(std::string_view word, std::span<Piece> pieces) const {
  const auto unknown = [&]() -> std::size_t {
    pieces[0] = {unknown_, 0, static_cast<std::uint32_t>(word.size())};
    return 1;
  };
  if (is_too_long(word)) return unknown();
  const Trie& trie = vocabulary_.trie();
  std::size_t count = 0;
  Trie::Node node = Trie::kRoot;
  const auto size = static_cast<std::uint32_t>(word.size());
  for (std::uint32_t begin = 0; begin < size;) {
    std::uint32_t longest = Trie::kNoValue;
    std::uint32_t end = begin;
    for (std::uint32_t at = begin; at < size;) {
      node = trie.child(node, static_cast<unsigned char>(word[at]));
      if (node == Trie::kNoNode) break;
      ++at;
      if (trie.value(node) != Trie::kNoValue) {
        longest = trie.value(node);
        end = at;
      }
    }
    if (longest == Trie::kNoValue) return unknown();
    pieces[count++] = {TokenId{longest}, begin, end};
    begin = end;
    node = continuation_root_;
    if (node == Trie::kNoNode && begin < size) return unknown();
  }
  return count;
}

}  // namespace sememe::tokens
