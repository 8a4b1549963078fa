#include "model/static_config.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error_context.h"
#include "base/json.h"

namespace sememe::model {
namespace {

// model2vec's own default.
constexpr std::uint64_t kModel2VecTokens = 512;

bool is_there(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool is_model2vec(const Path& directory) {
  const Path path = directory / "config.json";
  if (!is_there(path)) return false;
  const Json json = read_json(path);
  const auto type = json.is_object() ? json.find("model_type") : json.end();
  return type != json.end() && *type == "model2vec";
}

std::string last_component(const Json& module, const std::string& what) {
  const auto type = json_get<std::string>(module, "type", what);
  return type.substr(type.rfind('.') == std::string::npos ? 0 : type.rfind('.') + 1);
}

bool has_static_module(const Path& directory) {
  const Path path = directory / "modules.json";
  if (!is_there(path)) return false;
  const Json json = read_json(path);
  return json.is_array() && !json.empty() &&
         last_component(json[0], quote(path.native())) == "StaticEmbedding";
}

std::size_t token_limit(std::uint64_t limit, const std::string& what) {
  if (limit == 0) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected at least 1 token, found 0"));
  }
  return std::min<std::uint64_t>(limit, kUnlimitedTokens);
}

void read_model2vec(const Path& directory, ModelConfig& config) {
  const Path path = directory / "config.json";
  const std::string what = quote(path.native());
  const Json json = read_json(path);
  config.normalize = json_get_or<bool>(json, "normalize", false, what);
  const auto limit = json.find("max_length");
  const bool unlimited = limit != json.end() && limit->is_null();
  config.reading = {.drop_unknown = true, .cut_characters = !unlimited};
  config.max_tokens =
      unlimited
          ? kUnlimitedTokens
          : token_limit(json_get_or<std::uint64_t>(json, "max_length", kModel2VecTokens, what),
                        concat(what, ": \"max_length\""));
}

// Reads truncation.max_length of a tokenizer.json and stops there: the vocabulary comes later and
// is a thousand times as long.
class TruncationReader : public nlohmann::json_sax<Json> {
 public:
  std::optional<std::uint64_t> limit() const { return limit_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (inside_ && depth_ == 2 && key_ == "max_length") limit_ = value;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool key(string_t& value) override {
    if (depth_ == 1 && inside_) return false;
    key_ = value;
    inside_ = inside_ || (depth_ == 1 && key_ == "truncation");
    return true;
  }
  bool end_object() override { return --depth_ > 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_array() override { return --depth_ > 0; }
  // The tokenizer reads the file too, and says what is wrong with it.
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  std::optional<std::uint64_t> limit_;
  std::string key_;
  std::size_t depth_ = 0;
  bool inside_ = false;  // the value of "truncation"
};

std::size_t stated_truncation(const Path& tokenizer_file) {
  TruncationReader reader;
  Json::sax_parse(read_file(tokenizer_file, std::uint64_t{1} << 28), &reader);
  if (!reader.limit()) return kUnlimitedTokens;
  return token_limit(*reader.limit(), concat(quote(tokenizer_file.native()), ": truncation"));
}

// A module's folder inside the model directory.
Path module_folder(const Path& directory, const Json& module, const std::string& what) {
  const Path path(json_get_or<std::string>(module, "path", "", what));
  if (path.is_absolute() || std::ranges::find(path, Path("..")) != path.end()) {
    throw Error(
        ErrorCode::kCorrupt,
        concat(what, ": \"path\": expected a folder of the model, found ", quote(path.native())));
  }
  return (directory / path / "").lexically_normal().parent_path();
}

void read_static_modules(const Path& directory, ModelConfig& config) {
  const Path path = directory / "modules.json";
  const std::string what = quote(path.native());
  const Json json = read_json(path);
  if (json.size() > 2) {
    throw Error(ErrorCode::kUnsupported,
                concat(what, ": expected StaticEmbedding and perhaps Normalize, found ",
                       json.size(), " modules"));
  }
  if (json.size() == 2 && last_component(json[1], what) != "Normalize") {
    throw Error(ErrorCode::kUnsupported,
                concat(what, ": module 1: expected Normalize, found ",
                       quote(json_get<std::string>(json[1], "type", what))));
  }
  config.normalize = json.size() == 2;
  config.transformer_directory = module_folder(directory, json[0], what);
  const Path beside = config.transformer_directory / "tokenizer.json";
  config.max_tokens = stated_truncation(is_there(beside) ? beside : directory / "tokenizer.json");
}

}  // namespace

bool is_static_model(const Path& directory) {
  return is_model2vec(directory) || has_static_module(directory);
}

void read_static_config(const Path& directory, ModelConfig& config) {
  config.architecture = Architecture::kStatic;
  if (is_model2vec(directory)) {
    read_model2vec(directory, config);
  } else {
    read_static_modules(directory, config);
  }
}

}  // namespace sememe::model
