#include "tokens/added_tokens.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error_context.h"
#include "sememe/error.h"
#include "text/unicode.h"
#include "text/utf8.h"
#include "tokens/reference_unicode.h"

namespace sememe::tokens {
namespace {

bool is_word_before(std::string_view text, std::size_t offset) {
  if (offset == 0) return false;
  const std::size_t previous = text::previous_code_point(text, offset);
  return reference::is_word_character(text::decode_code_point(text, previous).value);
}

bool is_word_after(std::string_view text, std::size_t offset) {
  return offset < text.size() &&
         reference::is_word_character(text::decode_code_point(text, offset).value);
}

// Where the white space that ends at `end` begins, at `limit` at the earliest.
std::size_t space_begin(std::string_view text, std::size_t end, std::size_t limit) {
  while (end > limit) {
    const std::size_t previous = text::previous_code_point(text, end);
    if (!text::is_white_space(text::decode_code_point(text, previous).value)) break;
    end = previous;
  }
  return end;
}

std::size_t space_end(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const text::CodePoint point = text::decode_code_point(text, begin);
    if (!text::is_white_space(point.value)) break;
    begin += point.size;
  }
  return begin;
}

// Gives ids in the order of the file, later entries of the same content replacing earlier ones.
std::vector<AddedToken> number(std::vector<AddedToken> tokens, const Vocabulary& vocabulary) {
  std::vector<AddedToken> numbered;
  std::map<std::string, std::size_t, std::less<>> places;
  auto next_id = static_cast<std::uint32_t>(vocabulary.size());
  for (AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    if (const auto place = places.find(token.content); place != places.end()) {
      token.id = numbered[place->second].id;
      numbered[place->second] = std::move(token);
      continue;
    }
    const std::optional<TokenId> known = vocabulary.find(token.content);
    token.id = known ? *known : TokenId{next_id++};
    places.emplace(token.content, numbered.size());
    numbered.push_back(std::move(token));
  }
  return numbered;
}

std::vector<AddedToken> plain_tokens(const std::vector<AddedToken>& tokens) {
  std::vector<AddedToken> chosen;
  std::ranges::copy_if(tokens, std::back_inserter(chosen), std::logical_not<>(),
                       &AddedToken::normalized);
  return chosen;
}

// With their content normalised; what normalises to nothing can never be found.
std::vector<AddedToken> normalized_tokens(const std::vector<AddedToken>& tokens,
                                          const Normalizer& normalizer) {
  std::vector<AddedToken> chosen;
  NormalizedText text;
  for (AddedToken token : tokens) {
    if (!token.normalized) continue;
    text.assign(token.content, {0, token.content.size()}, normalizer);
    token.content = text.bytes();
    if (!token.content.empty()) chosen.push_back(std::move(token));
  }
  return chosen;
}

}  // namespace

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::ranges::sort(tokens_, [](const AddedToken& a, const AddedToken& b) {
    return std::tie(a.content, a.id) < std::tie(b.content, b.id);
  });
  const auto doubles = std::ranges::unique(tokens_, {}, &AddedToken::content);
  tokens_.erase(doubles.begin(), doubles.end());
  std::vector<Trie::Entry> entries;
  std::set<char> first_bytes;
  for (const AddedToken& token : tokens_) {
    if (token.content.size() > Vocabulary::kMaxTokenBytes) {
      throw Error(ErrorCode::kUnsupported,
                  concat("added token: expected at most ", Vocabulary::kMaxTokenBytes,
                         " bytes, found ", token.content.size()));
    }
    entries.push_back({token.content, static_cast<std::uint32_t>(entries.size())});
    first_bytes.insert(token.content[0]);
    is_first_byte_[static_cast<unsigned char>(token.content[0])] = true;
  }
  trie_ = Trie(entries);
  if (first_bytes.size() == 1) only_first_byte_ = *first_bytes.begin();
}

std::size_t AddedTokenMatcher::next_candidate(std::string_view text, std::size_t from) const {
  // Nearly every model has only "[...]" tokens: the library's vectorised search for one byte.
  if (only_first_byte_) return std::min(text.find(*only_first_byte_, from), text.size());
  while (from < text.size() && !is_first_byte_[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

std::optional<AddedTokenMatcher::Hit> AddedTokenMatcher::next_hit(std::string_view text,
                                                                  std::size_t from) const {
  for (std::size_t begin = next_candidate(text, from); begin < text.size();
       begin = next_candidate(text, begin + 1)) {
    std::optional<Hit> longest;
    Trie::Node node = Trie::kRoot;
    for (std::size_t at = begin; at < text.size(); ++at) {
      node = trie_.child(node, static_cast<unsigned char>(text[at]));
      if (node == Trie::kNoNode) break;
      if (trie_.value(node) != Trie::kNoValue) longest = {trie_.value(node), begin, at + 1};
    }
    if (longest) return longest;
  }
  return std::nullopt;
}

void AddedTokenMatcher::find(std::string_view text, ByteRange range,
                             std::vector<AddedTokenMatch>& matches) const {
  matches.clear();
  if (tokens_.empty()) return;
  const std::string_view part = text.substr(range.begin, range.end - range.begin);
  std::size_t taken = 0;  // where the last match ends
  for (std::optional<Hit> hit = next_hit(part, 0); hit; hit = next_hit(part, hit->end)) {
    const AddedToken& token = tokens_[hit->token];
    // White space that the match before it took may hold tokens; they are gone with it.
    if (hit->end <= taken) continue;
    if (token.single_word && (is_word_before(part, hit->begin) || is_word_after(part, hit->end))) {
      continue;
    }
    std::size_t begin = hit->begin;
    if (token.lstrip) begin = std::max(taken, space_begin(part, begin, taken));
    taken = token.rstrip ? space_end(part, hit->end) : hit->end;
    matches.push_back({token.id, {range.begin + begin, range.begin + taken}});
  }
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Vocabulary& vocabulary,
                         const Normalizer& normalizer)
    : tokens_(number(std::move(tokens), vocabulary)),
      plain_(plain_tokens(tokens_)),
      normalized_(normalized_tokens(tokens_, normalizer)) {}

std::optional<TokenId> AddedTokens::find(std::string_view content) const {
  const auto found = std::ranges::find(tokens_, content, &AddedToken::content);
  if (found == tokens_.end()) return std::nullopt;
  return found->id;
}

std::optional<std::string_view> AddedTokens::token(TokenId id) const {
  const auto found = std::ranges::find(tokens_, id, &AddedToken::id);
  if (found == tokens_.end()) return std::nullopt;
  return found->content;
}

std::size_t AddedTokens::id_limit() const {
  std::size_t limit = 0;
  for (const AddedToken& token : tokens_) {
    limit = std::max(limit, static_cast<std::size_t>(token.id) + 1);
  }
  return limit;
}

}  // namespace sememe::tokens
