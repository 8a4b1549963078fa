#include "search/static_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace sememe {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

// The median number of characters of a token, rounded down: int(numpy.median(...)) of model2vec.
std::size_t median_token_length(const Tokenizer& tokenizer) {
  std::vector<std::size_t> lengths;
  for (std::size_t id = 0; id < tokenizer.vocabulary_size(); ++id) {
    const std::optional<std::string_view> token = tokenizer.find(TokenId(id));
    if (!token) continue;
    lengths.push_back(static_cast<std::size_t>(std::ranges::count_if(*token, begins_character)));
  }
  std::ranges::sort(lengths);
  const std::size_t middle = lengths.size() / 2;
  if (lengths.size() % 2 == 1) return lengths[middle];
  return (lengths[middle - 1] + lengths[middle]) / 2;
}

// The first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count) {
  if (text.size() <= count) return text;
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && ++seen > count) return text.substr(0, at);
  }
  return text;
}

}  // namespace

StaticReader::StaticReader(const Tokenizer& tokenizer, const model::ModelConfig& config)
    : tokenizer_(tokenizer),
      max_tokens_(config.max_tokens),
      max_characters_(config.reading.cut_characters
                          ? config.max_tokens * median_token_length(tokenizer)
                          : kUnlimited),
      drop_unknown_(config.reading.drop_unknown) {}

TokensRead StaticReader::read(std::string_view text, Encoding& out) const {
  const std::string_view head = first_characters(text, max_characters_);
  TokensRead tokens;
  if (head.size() < text.size()) {
    tokenizer_.encode_into(text, {.max_tokens = 0, .special_tokens = false}, out);
    tokens.all = out.token_count;
  }
  tokenizer_.encode_into(head, {.max_tokens = max_tokens_, .special_tokens = false}, out);
  tokens.read = out.ids.size();
  tokens.all = std::max(tokens.all, out.token_count);
  if (drop_unknown_) std::erase(out.ids, tokenizer_.unknown_token());
  return tokens;
}

}  // namespace sememe
