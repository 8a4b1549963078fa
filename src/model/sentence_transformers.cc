#include "model/sentence_transformers.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "base/json.h"
#include "model/static_config.h"

namespace sememe::model {
namespace {

// No model comes near it; products of two such sizes still fit 64 bits with room to spare.
constexpr std::uint64_t kMaxExtent = std::uint64_t{1} << 24;

[[noreturn]] void unsupported(const std::string& message) {
  throw Error(ErrorCode::kUnsupported, message);
}

struct JsonFile {
  Json json;
  std::string what;
};

JsonFile read_file_json(const Path& path) { return {read_json(path), quote(path.native())}; }

bool is_there(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::size_t extent(const JsonFile& file, const char* key) {
  const auto value = json_get<std::uint64_t>(file.json, key, file.what);
  if (value == 0 || value > kMaxExtent) {
    throw Error(ErrorCode::kCorrupt, concat(file.what, ": ", quote(key), ": expected 1 to ",
                                            kMaxExtent, ", found ", value));
  }
  return value;
}

void expect_word(const JsonFile& file, const char* key, const std::string& expected) {
  const std::string found = json_get_or<std::string>(file.json, key, expected, file.what);
  if (found != expected) {
    unsupported(concat(file.what, ": ", quote(key), ": expected ", quote(expected), ", found ",
                       quote(found)));
  }
}

void read_architecture(const Path& directory, ModelConfig& config) {
  const JsonFile file = read_file_json(directory / "config.json");
  if (json_get<std::string>(file.json, "model_type", file.what) != "bert") {
    expect_word(file, "model_type", "bert");
  }
  expect_word(file, "hidden_act", "gelu");
  expect_word(file, "position_embedding_type", "absolute");
  config.vocabulary_size = extent(file, "vocab_size");
  config.hidden = extent(file, "hidden_size");
  config.layers = extent(file, "num_hidden_layers");
  config.heads = extent(file, "num_attention_heads");
  config.intermediate = extent(file, "intermediate_size");
  config.max_positions = extent(file, "max_position_embeddings");
  config.type_vocabulary_size = extent(file, "type_vocab_size");
  config.layer_norm_epsilon = json_get_or<double>(file.json, "layer_norm_eps", 1e-12, file.what);
  if (config.hidden % config.heads != 0) {
    throw Error(ErrorCode::kCorrupt,
                concat(file.what, ": expected hidden_size divisible by num_attention_heads, found ",
                       config.hidden, " and ", config.heads));
  }
  if (!(config.layer_norm_epsilon >= 0 && config.layer_norm_epsilon < 1)) {
    throw Error(ErrorCode::kCorrupt,
                concat(file.what, ": \"layer_norm_eps\": expected 0 to 1, found ",
                       config.layer_norm_epsilon));
  }
}

// sentence-transformers 5 writes pooling_mode_mean_tokens and its kin, 6 one word.
std::vector<std::string> pooling_modes(const JsonFile& file) {
  if (const auto word = json_get_or<std::string>(file.json, "pooling_mode", "", file.what);
      !word.empty()) {
    return {word};
  }
  std::vector<std::string> modes;
  for (const auto& [key, value] : file.json.items()) {
    if (key.starts_with("pooling_mode_") && value.is_boolean() && value.get<bool>()) {
      modes.push_back(key);
    }
  }
  return modes;
}

void read_pooling(const Path& path, ModelConfig& config) {
  const JsonFile file = read_file_json(path);
  if (!file.json.is_object()) {
    throw Error(ErrorCode::kCorrupt, concat(file.what, ": expected an object"));
  }
  const std::vector<std::string> modes = pooling_modes(file);
  const std::string mode = modes.size() == 1 ? modes.front() : "";
  if (mode == "mean" || mode == "pooling_mode_mean_tokens") {
    config.pooling = Pooling::kMean;
  } else if (mode == "cls" || mode == "pooling_mode_cls_token") {
    config.pooling = Pooling::kCls;
  } else {
    std::string found;
    for (const std::string& name : modes) found += (found.empty() ? "" : " and ") + quote(name);
    unsupported(concat(file.what, ": expected exactly one of mean and cls pooling, found ",
                       found.empty() ? "none" : found));
  }
  if (!json_get_or<bool>(file.json, "include_prompt", true, file.what)) {
    unsupported(concat(file.what, ": \"include_prompt\": expected true, found false"));
  }
}

std::string last_component(const std::string& type) {
  return type.substr(type.rfind('.') == std::string::npos ? 0 : type.rfind('.') + 1);
}

// A module's folder inside the model directory; "" is the directory itself.
std::string module_path(const Json& module, const std::string& what) {
  const auto text = json_get_or<std::string>(module, "path", "", what);
  const Path path(text);
  if (path.is_absolute() || std::ranges::find(path, Path("..")) != path.end()) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": \"path\": expected a folder of the model, found ", quote(text)));
  }
  return text;
}

void read_modules(const Path& directory, ModelConfig& config) {
  const JsonFile file = read_file_json(directory / "modules.json");
  if (!file.json.is_array() || file.json.empty() || file.json.size() > 3) {
    throw Error(file.json.is_array() ? ErrorCode::kUnsupported : ErrorCode::kCorrupt,
                concat(file.what, ": expected a list of 1 to 3 modules, found ",
                       file.json.is_array() ? concat("", file.json.size()) : "no list"));
  }
  constexpr std::string_view kOrder[] = {"Transformer", "Pooling", "Normalize"};
  for (std::size_t i = 0; i < file.json.size(); ++i) {
    const auto type = json_get<std::string>(file.json[i], "type", file.what);
    if (last_component(type) != kOrder[i]) {
      unsupported(
          concat(file.what, ": module ", i, ": expected ", kOrder[i], ", found ", quote(type)));
    }
    const std::string path = module_path(file.json[i], file.what);
    if (i == 0) config.transformer_directory = path.empty() ? directory : directory / path;
    if (i == 1) {
      read_pooling(directory / path / "config.json", config);
      config.config_files.push_back((Path(path) / "config.json").native());
    }
    if (i == 2) config.normalize = true;
  }
}

// model_max_length is 1e30 where the tokenizer knows no limit; that is no whole number.
std::size_t read_max_tokens(const Path& directory, const ModelConfig& config) {
  for (const auto& [name, key] : {std::pair{"sentence_bert_config.json", "max_seq_length"},
                                  std::pair{"tokenizer_config.json", "model_max_length"}}) {
    if (!is_there(directory / name)) continue;
    const JsonFile file = read_file_json(directory / name);
    const auto limit = json_get_or<double>(file.json, key, 0, file.what);
    if (limit >= 1 && limit <= static_cast<double>(config.max_positions)) {
      return static_cast<std::size_t>(limit);
    }
    if (limit > 0) return config.max_positions;
  }
  return config.max_positions;
}

void read_prompts(const Path& directory, ModelConfig& config) {
  const Path path = directory / "config_sentence_transformers.json";
  if (!is_there(path)) return;
  const JsonFile file = read_file_json(path);
  if (!file.json.is_object() || !file.json.contains("prompts") || file.json["prompts"].is_null()) {
    return;
  }
  const Json& prompts = file.json["prompts"];
  const auto prompt = [&](const char* key) {
    return json_get_or<std::string>(prompts, key, "", file.what);
  };
  config.query_prompt = prompt("query");
  // The names that sentence-transformers' encode_document tries, in its order.
  for (const char* key : {"document", "passage", "corpus"}) {
    if (config.document_prompt.empty()) config.document_prompt = prompt(key);
  }
}

}  // namespace

std::string_view pooling_word(Pooling pooling) {
  return pooling == Pooling::kMean ? "mean" : "cls";
}

ModelConfig read_model_config(const Path& directory) {
  ModelConfig config;
  config.transformer_directory = directory;
  if (is_static_model(directory)) {
    read_static_config(directory, config);
  } else {
    if (is_there(directory / "modules.json")) read_modules(directory, config);
    read_architecture(config.transformer_directory, config);
    config.max_tokens = read_max_tokens(config.transformer_directory, config);
  }
  read_prompts(directory, config);
  const Path beside = config.transformer_directory / "tokenizer.json";
  config.tokenizer_file = is_there(beside) ? beside : directory / "tokenizer.json";
  const Path prefix = config.transformer_directory.lexically_relative(directory);
  for (const char* name : {"config.json", "sentence_bert_config.json", "tokenizer.json",
                           "tokenizer_config.json", "model.safetensors"}) {
    config.config_files.push_back((prefix / name).lexically_normal().native());
  }
  for (const char* name : {"modules.json", "config_sentence_transformers.json"}) {
    config.config_files.emplace_back(name);
  }
  if (config.tokenizer_file != beside) config.config_files.emplace_back("tokenizer.json");
  std::ranges::sort(config.config_files);
  return config;
}

}  // namespace sememe::model
