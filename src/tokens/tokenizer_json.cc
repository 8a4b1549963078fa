#include "tokens/tokenizer_json.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/error_context.h"
#include "base/json.h"
#include "sememe/error.h"
#include "tokens/vocabulary.h"
#include "tokens/wordpiece.h"

namespace sememe::tokens {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;
constexpr std::size_t kMaxDepth = 256;
constexpr std::size_t kMaxNormalizerSteps = 64;  // each costs a pass over every text

[[noreturn]] void throw_corrupt(const std::string& message) {
  throw Error(ErrorCode::kCorrupt, message);
}

[[noreturn]] void throw_unsupported(std::string_view component, std::string_view type,
                                    std::string_view offered) {
  throw Error(ErrorCode::kUnsupported, concat(component, ": expected ", offered, ", found ",
                                              quote(type), ", which this version does not offer"));
}

std::uint32_t to_id(std::uint64_t id, std::string_view token) {
  if (id >= std::numeric_limits<std::uint32_t>::max()) {
    throw_corrupt(concat("token ", quote(token), ": expected an id below 4294967295, found ", id));
  }
  return static_cast<std::uint32_t>(id);
}

// Builds a tree of everything but the object model.vocab, whose members go into a vocabulary:
// 30,522 of them as JSON values cost more than all the rest of loading.
class TokenizerReader : public nlohmann::json_sax<Json> {
 public:
  Json take_tree() { return std::move(tree_); }
  VocabularyBuilder take_vocabulary() { return std::move(vocabulary_); }

  bool null() override { return leaf(nullptr); }
  bool boolean(bool value) override { return leaf(value); }
  bool number_integer(number_integer_t value) override { return leaf(value); }
  bool number_float(number_float_t value, const string_t&) override { return leaf(value); }
  bool string(string_t& value) override { return leaf(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool number_unsigned(number_unsigned_t value) override {
    if (!in_vocabulary_) return leaf(value);
    vocabulary_.add(key_, to_id(value, key_));
    return true;
  }

  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }

  bool start_object(std::size_t) override {
    if (is_vocabulary_place()) {
      if (std::exchange(has_vocabulary_, true)) throw_corrupt("model: expected one \"vocab\"");
      in_vocabulary_ = true;
      return true;
    }
    return open(Json::object());
  }
  bool end_object() override {
    if (std::exchange(in_vocabulary_, false)) return true;
    return close();
  }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw_corrupt(concat("invalid JSON at byte ", position, ": ", error.what()));
  }

 private:
  bool is_vocabulary_place() const {
    return open_.size() == 2 && open_[1].name == "model" && key_ == "vocab" &&
           open_[1].value->is_object();
  }

  // Puts a value where the reader stands and returns it.
  Json* put(Json value) {
    if (in_vocabulary_) {
      throw_corrupt(concat("vocabulary: token ", quote(key_),
                           ": expected a whole number >= 0, found ", value.type_name()));
    }
    if (open_.empty()) {
      tree_ = std::move(value);
      return &tree_;
    }
    Json& parent = *open_.back().value;
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[key_] = std::move(value));
  }

  bool leaf(Json value) {
    put(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (open_.size() == kMaxDepth) {
      throw_corrupt(concat("expected JSON of at most ", kMaxDepth, " levels, found more"));
    }
    Json* const place = put(std::move(value));
    open_.push_back({place, key_});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  // Values that are being read. A parent does not grow while a child is open, so pointers last.
  struct Open {
    Json* value;
    std::string name;
  };

  Json tree_;
  std::vector<Open> open_;
  std::string key_;
  VocabularyBuilder vocabulary_;
  bool in_vocabulary_ = false;
  bool has_vocabulary_ = false;
};

// object[key]; null when it is missing.
const Json& member_or_null(const Json& object, std::string_view key) {
  static const Json kNull;
  if (!object.is_object()) return json_member(object, key, "file");
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

const Json& array_member(const Json& object, std::string_view key, std::string_view what) {
  const Json& found = json_member(object, key, what);
  if (!found.is_array()) {
    throw_corrupt(concat(what, ": ", quote(key), ": expected an array, found ", found.type_name()));
  }
  return found;
}

void add_bert_normalizer(const Json& json, Normalizer& steps) {
  constexpr std::string_view kWhat = "normalizer";
  const bool lower = json_get<bool>(json, "lowercase", kWhat);
  if (json_get<bool>(json, "clean_text", kWhat)) steps.push_back(NormalizerStep::kClean);
  if (json_get<bool>(json, "handle_chinese_chars", kWhat)) {
    steps.push_back(NormalizerStep::kIsolateHan);
  }
  // null means: as lowercase says, like the first BERT code.
  if (json_get_or<bool>(json, "strip_accents", lower, kWhat)) {
    steps.push_back(NormalizerStep::kDecompose);
    steps.push_back(NormalizerStep::kStripMn);
  }
  if (lower) steps.push_back(NormalizerStep::kLower);
}

void add_normalizer(const Json& json, Normalizer& steps) {
  if (json.is_null()) return;
  if (steps.size() > kMaxNormalizerSteps) {
    throw Error(ErrorCode::kLimit,
                concat("normalizer: expected at most ", kMaxNormalizerSteps, " steps, found more"));
  }
  const std::string type = json_get<std::string>(json, "type", "normalizer");
  if (type == "BertNormalizer") {
    add_bert_normalizer(json, steps);
  } else if (type == "Lowercase") {
    steps.push_back(NormalizerStep::kLower);
  } else if (type == "NFD") {
    steps.push_back(NormalizerStep::kDecompose);
  } else if (type == "StripAccents") {
    steps.push_back(NormalizerStep::kStripMarks);
  } else if (type == "Sequence") {
    // Recursion is bounded by the depth of the JSON tree.
    for (const Json& part : array_member(json, "normalizers", "normalizer")) {
      add_normalizer(part, steps);
    }
  } else {
    throw_unsupported("normalizer", type,
                      "BertNormalizer, Lowercase, NFD, StripAccents or Sequence");
  }
}

PreTokenizer parse_pre_tokenizer(const Json& json) {
  if (json.is_null()) return PreTokenizer::kNone;
  const std::string type = json_get<std::string>(json, "type", "pre_tokenizer");
  if (type == "BertPreTokenizer") return PreTokenizer::kBert;
  if (type == "WhitespaceSplit") return PreTokenizer::kWhitespaceSplit;
  if (type == "Whitespace") return PreTokenizer::kWhitespace;
  throw_unsupported("pre_tokenizer", type, "BertPreTokenizer, Whitespace or WhitespaceSplit");
}

std::unique_ptr<const Model> parse_model(const Json& json, VocabularyBuilder&& vocabulary) {
  const std::string type = json_get<std::string>(json, "type", "model");
  if (type != "WordPiece") throw_unsupported("model", type, "WordPiece");
  WordPieceOptions options;
  options.unknown_token = json_get<std::string>(json, "unk_token", "model");
  options.continuation_prefix = json_get<std::string>(json, "continuing_subword_prefix", "model");
  options.max_word_characters = json_get<std::uint64_t>(json, "max_input_chars_per_word", "model");
  return std::make_unique<WordPiece>(Vocabulary(std::move(vocabulary)), options);
}

std::vector<AddedToken> parse_added_tokens(const Json& json) {
  constexpr std::string_view kWhat = "added token";
  std::vector<AddedToken> tokens;
  if (json.is_null()) return tokens;
  if (!json.is_array()) {
    throw_corrupt(concat("added_tokens: expected an array, found ", json.type_name()));
  }
  for (const Json& entry : json) {
    AddedToken token;
    token.content = json_get<std::string>(entry, "content", kWhat);
    token.single_word = json_get<bool>(entry, "single_word", kWhat);
    token.lstrip = json_get<bool>(entry, "lstrip", kWhat);
    token.rstrip = json_get<bool>(entry, "rstrip", kWhat);
    token.normalized = json_get<bool>(entry, "normalized", kWhat);
    to_id(json_get<std::uint64_t>(entry, "id", kWhat), token.content);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

// The ids behind one special token of a template, which may stand for several.
void append_special(const Json& special_tokens, const std::string& name,
                    std::vector<TokenId>& out) {
  const Json& entry = json_member(special_tokens, name, "post_processor: special_tokens");
  for (const Json& id : array_member(entry, "ids", "post_processor: special token")) {
    if (!id.is_number_unsigned()) {
      throw_corrupt(concat("post_processor: special token ", quote(name),
                           ": expected whole numbers >= 0, found ", id.type_name()));
    }
    out.push_back(TokenId{to_id(id.get<std::uint64_t>(), name)});
  }
}

Template parse_template(const Json& json) {
  constexpr std::string_view kWhat = "post_processor";
  Template special;
  std::size_t texts = 0;
  for (const Json& piece : array_member(json, "single", kWhat)) {
    if (const Json& token = member_or_null(piece, "SpecialToken"); !token.is_null()) {
      append_special(json_member(json, "special_tokens", kWhat),
                     json_get<std::string>(token, "id", kWhat),
                     texts == 0 ? special.before : special.after);
    } else {
      const Json& sequence = json_member(piece, "Sequence", kWhat);
      texts += json_get<std::string>(sequence, "id", kWhat) == "A" ? 1 : 2;
    }
  }
  if (texts != 1) {
    throw Error(ErrorCode::kUnsupported,
                "post_processor: expected a single template with sequence A once");
  }
  return special;
}

// A pair of a token's text and its id, as BertProcessing writes it.
TokenId parse_token_pair(const Json& json, std::string_view key) {
  const Json& pair = array_member(json, key, "post_processor");
  if (pair.size() != 2 || !pair[0].is_string() || !pair[1].is_number_unsigned()) {
    throw_corrupt(concat("post_processor: ", quote(key), ": expected a token and its id"));
  }
  return TokenId{to_id(pair[1].get<std::uint64_t>(), pair[0].get_ref<const std::string&>())};
}

Template parse_post_processor(const Json& json) {
  if (json.is_null()) return {};
  const std::string type = json_get<std::string>(json, "type", "post_processor");
  if (type == "TemplateProcessing") return parse_template(json);
  if (type == "BertProcessing") {
    return {{parse_token_pair(json, "cls")}, {parse_token_pair(json, "sep")}};
  }
  throw_unsupported("post_processor", type, "TemplateProcessing or BertProcessing");
}

}  // namespace

TokenizerParts parse_tokenizer_json(std::string_view bytes) {
  if (bytes.size() > kMaxFileBytes) {
    throw Error(ErrorCode::kLimit,
                concat("expected at most ", kMaxFileBytes, " bytes, found ", bytes.size()));
  }
  TokenizerReader reader;
  Json::sax_parse(bytes, &reader);
  const Json tree = reader.take_tree();

  TokenizerParts parts;
  add_normalizer(member_or_null(tree, "normalizer"), parts.normalizer);
  parts.pre_tokenizer = parse_pre_tokenizer(member_or_null(tree, "pre_tokenizer"));
  parts.model = parse_model(json_member(tree, "model", "file"), reader.take_vocabulary());
  parts.added_tokens = parse_added_tokens(member_or_null(tree, "added_tokens"));
  parts.special = parse_post_processor(member_or_null(tree, "post_processor"));
  return parts;
}

}  // namespace sememe::tokens
