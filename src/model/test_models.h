// Model directories that tests and benchmarks write themselves: random weights of any shape, in
// the real file formats.
#ifndef SEMEME_MODEL_TEST_MODELS_H_
#define SEMEME_MODEL_TEST_MODELS_H_

#include <bit>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "kernels/test_values.h"
#include "model/encoder.h"
#include "vectors/safetensors_testing.h"

namespace sememe::model {

struct TestShape {
  std::size_t vocabulary = 100;
  std::size_t hidden = 48;
  std::size_t layers = 2;
  std::size_t heads = 4;
  std::size_t intermediate = 100;
  std::size_t positions = 40;
};

/// MiniLM-L6's shape with a small vocabulary.
inline constexpr TestShape kMiniLmShape = {1000, 384, 6, 12, 1536, 512};

/// Name and shape of every tensor of a BERT encoder.
inline std::vector<std::pair<std::string, std::vector<std::size_t>>> bert_tensors(
    const TestShape& s) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> tensors = {
      {"embeddings.word_embeddings.weight", {s.vocabulary, s.hidden}},
      {"embeddings.position_embeddings.weight", {s.positions, s.hidden}},
      {"embeddings.token_type_embeddings.weight", {2, s.hidden}}};
  const auto norm = [&](const std::string& name) {
    tensors.push_back({name + ".LayerNorm.weight", {s.hidden}});
    tensors.push_back({name + ".LayerNorm.bias", {s.hidden}});
  };
  const auto linear = [&](const std::string& name, std::size_t n, std::size_t k) {
    tensors.push_back({name + ".weight", {n, k}});
    tensors.push_back({name + ".bias", {n}});
  };
  norm("embeddings");
  for (std::size_t i = 0; i < s.layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".";
    for (const char* part : {"query", "key", "value"}) {
      linear(layer + "attention.self." + part, s.hidden, s.hidden);
    }
    linear(layer + "attention.output.dense", s.hidden, s.hidden);
    norm(layer + "attention.output");
    linear(layer + "intermediate.dense", s.intermediate, s.hidden);
    linear(layer + "output.dense", s.hidden, s.intermediate);
    norm(layer + "output");
  }
  return tensors;
}

/// A plain Hugging Face directory with random weights. `edit` may change the header first.
inline void write_bert(
    const Path& directory, const TestShape& s,
    const std::function<void(Json&)>& edit = [](Json&) {}) {
  std::filesystem::create_directories(directory);
  Json header = Json::object();
  std::string data;
  std::uint64_t seed = 1;
  for (const auto& [name, shape] : bert_tensors(s)) {
    std::size_t count = 1;
    for (const std::size_t extent : shape) count *= extent;
    std::vector<float> values = kernels::test_values(count, seed++);
    const bool gamma = name.ends_with("LayerNorm.weight");
    for (float& value : values) value = gamma ? 1.0F + 0.1F * value : 0.1F * value;
    header[name] = {{"dtype", "F32"},
                    {"shape", shape},
                    {"data_offsets", {data.size(), data.size() + 4 * count}}};
    data.append(reinterpret_cast<const char*>(values.data()), 4 * count);
  }
  edit(header);
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  write_file_atomic(directory / "model.safetensors", vectors::safetensors_bytes(text, data));
  const Json config = {{"model_type", "bert"},
                       {"hidden_act", "gelu"},
                       {"vocab_size", s.vocabulary},
                       {"hidden_size", s.hidden},
                       {"num_hidden_layers", s.layers},
                       {"num_attention_heads", s.heads},
                       {"intermediate_size", s.intermediate},
                       {"max_position_embeddings", s.positions},
                       {"type_vocab_size", 2},
                       {"layer_norm_eps", 1e-12}};
  write_file_atomic(directory / "config.json", config.dump());
}

/// A batch of texts of the given lengths with random token ids.
struct TestBatch {
  TestBatch(const std::vector<std::size_t>& lengths, std::size_t vocabulary, std::uint64_t seed) {
    starts.push_back(0);
    for (const std::size_t length : lengths) starts.push_back(starts.back() + length);
    for (const float value : kernels::test_values(starts.back(), seed)) {
      const float unit = (value + 1.0F) / 2;
      ids.push_back(TokenId{static_cast<std::uint32_t>(unit * static_cast<float>(vocabulary - 1))});
    }
  }
  PackedTokens packed() const { return {ids, starts}; }
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_TEST_MODELS_H_
