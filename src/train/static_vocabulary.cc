#include "train/static_vocabulary.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "base/error_context.h"
#include "base/json.h"
#include "tokens/tokenizer_json.h"

namespace sememe::train {
namespace {

// Written, so that the members stand in the order that people and other programs know. Not read: it
// looks for each new member among all the others.
using OrderedJson = nlohmann::ordered_json;

// "[unused", digits, "]", and anything behind: what model2vec leaves out.
bool is_unused(std::string_view token) {
  constexpr std::string_view kStart = "[unused";
  if (!token.starts_with(kStart)) return false;
  const std::size_t end = token.find_first_not_of("0123456789", kStart.size());
  return end != token.npos && end > kStart.size() && token[end] == ']';
}

std::set<std::string> added_contents(const Json& json) {
  std::set<std::string> contents;
  for (const Json& token : json.value("added_tokens", Json::array())) {
    contents.insert(token.at("content").get<std::string>());
  }
  return contents;
}

// The tokens of model.vocab that are kept, by id.
std::vector<std::pair<std::uint32_t, std::string>> kept_tokens(const Json& json,
                                                               const std::string& unknown) {
  const std::set<std::string> added = added_contents(json);
  std::vector<std::pair<std::uint32_t, std::string>> kept;
  for (const auto& [token, id] : json["model"]["vocab"].items()) {
    if (token != unknown && (is_unused(token) || added.contains(token))) continue;
    kept.emplace_back(id.get<std::uint32_t>(), token);
  }
  std::ranges::sort(kept);
  return kept;
}

// The entry of the unknown token among the added ones, if it has one, under its new id.
OrderedJson kept_added_tokens(const Json& json, const StaticVocabulary& vocabulary) {
  OrderedJson kept = OrderedJson::array();
  for (const Json& token : json.value("added_tokens", Json::array())) {
    if (token.at("content") != vocabulary.unknown || !kept.empty()) continue;
    kept.push_back(OrderedJson(token));
    kept.back()["id"] =
        std::ranges::find(vocabulary.tokens, vocabulary.unknown) - vocabulary.tokens.begin();
  }
  return kept;
}

std::string kept_tokenizer(const Json& json, const StaticVocabulary& vocabulary) {
  OrderedJson model = json["model"];
  model.erase("vocab");
  OrderedJson vocab = OrderedJson::object();
  // As a plain vector: a search for each token would cost V * V / 2 comparisons.
  std::vector<OrderedJson::object_t::value_type>& entries = vocab.get_ref<OrderedJson::object_t&>();
  for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    entries.emplace_back(vocabulary.tokens[i], i);
  }
  model["vocab"] = std::move(vocab);
  return OrderedJson{{"version", json.value("version", Json("1.0"))},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", kept_added_tokens(json, vocabulary)},
                     {"normalizer", json.value("normalizer", Json())},
                     {"pre_tokenizer", json.value("pre_tokenizer", Json())},
                     {"post_processor", nullptr},
                     {"decoder", json.value("decoder", Json())},
                     {"model", std::move(model)}}
      .dump();
}

}  // namespace

StaticVocabulary static_vocabulary(std::string_view tokenizer_json) {
  // Checks the file; what is read below is there.
  tokens::TokenizerParts parts = tokens::parse_tokenizer_json(tokenizer_json);
  const Json json = Json::parse(tokenizer_json);
  StaticVocabulary vocabulary;
  vocabulary.unknown = json["model"]["unk_token"].get<std::string>();
  vocabulary.continuation = json["model"]["continuing_subword_prefix"].get<std::string>();
  vocabulary.before = std::move(parts.special.before);
  vocabulary.after = std::move(parts.special.after);
  for (auto& [id, token] : kept_tokens(json, vocabulary.unknown)) {
    vocabulary.teacher_ids.push_back(TokenId{id});
    vocabulary.tokens.push_back(std::move(token));
  }
  if (vocabulary.tokens.size() < 2) {
    throw Error(ErrorCode::kUnsupported,
                concat("vocabulary: expected at least 2 tokens beside special ones, found ",
                       vocabulary.tokens.size()));
  }
  vocabulary.tokenizer_json = kept_tokenizer(json, vocabulary);
  return vocabulary;
}

}  // namespace sememe::train
