#include "tokens/vocabulary.h"

#include <algorithm>
#include <utility>

#include "base/error_context.h"
#include "sememe/error.h"

namespace sememe::tokens {
namespace {

// The first eight bytes as a number that compares as they do; zeros fill short keys, and equal
// prefixes are settled by the keys themselves.
std::uint64_t order_prefix(std::string_view key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return prefix;
}

// Sorts by key. Most comparisons end at the number, without a look at the strings.
void sort_by_key(std::vector<Trie::Entry>& entries) {
  std::vector<std::pair<std::uint64_t, Trie::Entry>> keyed;
  keyed.reserve(entries.size());
  for (const Trie::Entry& entry : entries) keyed.emplace_back(order_prefix(entry.key), entry);
  std::ranges::sort(keyed, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.key < b.second.key;
  });
  std::ranges::transform(keyed, entries.begin(), [](const auto& pair) { return pair.second; });
}

}  // namespace

void VocabularyBuilder::add(std::string_view token, std::uint32_t id) {
  if (token.size() > Vocabulary::kMaxTokenBytes) {
    throw Error(ErrorCode::kUnsupported,
                concat("token ", id, ": expected at most ", Vocabulary::kMaxTokenBytes,
                       " bytes, found ", token.size()));
  }
  entries_.push_back({bytes_.size(), static_cast<std::uint32_t>(token.size()), id});
  bytes_ += token;
}

Vocabulary::Vocabulary(VocabularyBuilder&& builder)
    : bytes_(std::move(builder.bytes_)), entries_(std::move(builder.entries_)) {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  if (!std::ranges::is_sorted(entries_, by_id)) std::ranges::sort(entries_, by_id);
  std::vector<Trie::Entry> keys;
  keys.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    keys.push_back({text(entries_[i]), entries_[i].id});
    if (i > 0 && entries_[i].id == entries_[i - 1].id) {
      throw Error(ErrorCode::kCorrupt,
                  concat("vocabulary: tokens ", quote(text(entries_[i - 1])), " and ",
                         quote(text(entries_[i])), " have the same id ", entries_[i].id));
    }
  }
  sort_by_key(keys);
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].key != keys[i - 1].key) continue;
    throw Error(ErrorCode::kCorrupt,
                concat("vocabulary: token ", quote(keys[i].key), " has two ids, ",
                       keys[i - 1].value, " and ", keys[i].value));
  }
  trie_ = Trie(keys);
}

std::optional<TokenId> Vocabulary::find(std::string_view token) const {
  const Trie::Node node = trie_.walk(Trie::kRoot, token);
  if (node == Trie::kNoNode || trie_.value(node) == Trie::kNoValue) return std::nullopt;
  return TokenId{trie_.value(node)};
}

std::optional<std::string_view> Vocabulary::token(TokenId id) const {
  const auto wanted = static_cast<std::uint32_t>(id);
  const auto found = std::ranges::lower_bound(entries_, wanted, {}, &VocabularyBuilder::Entry::id);
  if (found == entries_.end() || found->id != wanted) return std::nullopt;
  return text(*found);
}

}  // namespace sememe::tokens
