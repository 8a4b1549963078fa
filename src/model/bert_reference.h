// BERT straight from its formulas, in double: the oracle of bert_test.cc.
#ifndef SEMEME_MODEL_BERT_REFERENCE_H_
#define SEMEME_MODEL_BERT_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "vectors/safetensors.h"

namespace sememe::model {

class BertReference {
 public:
  explicit BertReference(const Path& directory)
      : config_(read_model_config(directory)),
        file_(vectors::SafetensorsFile::open(config_.transformer_directory / "model.safetensors")) {
  }

  using Rows = std::vector<std::vector<double>>;

  /// The last layer's states of one text.
  Rows hidden_states(std::span<const TokenId> ids) const {
    const auto words = tensor("embeddings.word_embeddings.weight");
    const auto positions = tensor("embeddings.position_embeddings.weight");
    const auto types = tensor("embeddings.token_type_embeddings.weight");
    const std::size_t h = config_.hidden;
    Rows x(ids.size(), std::vector<double>(h));
    for (std::size_t t = 0; t < ids.size(); ++t) {
      for (std::size_t i = 0; i < h; ++i) {
        x[t][i] = double{words[static_cast<std::size_t>(ids[t]) * h + i]} + types[i] +
                  positions[t * h + i];
      }
    }
    norm(x, "embeddings.LayerNorm");
    for (std::size_t layer = 0; layer < config_.layers; ++layer) {
      const std::string prefix = "encoder.layer." + std::to_string(layer) + ".";
      Rows mixed = linear(attention(x, prefix), prefix + "attention.output.dense");
      add(mixed, x);
      norm(mixed, prefix + "attention.output.LayerNorm");
      Rows wide = linear(mixed, prefix + "intermediate.dense");
      for (auto& row : wide) {
        for (double& v : row) v = 0.5 * v * (1 + std::erf(v / std::numbers::sqrt2));
      }
      x = linear(wide, prefix + "output.dense");
      add(x, mixed);
      norm(x, prefix + "output.LayerNorm");
    }
    return x;
  }

  /// Pooled and, where the model says so, normalised.
  std::vector<double> vector(std::span<const TokenId> ids) const {
    const Rows x = hidden_states(ids);
    std::vector<double> out = x[0];
    if (config_.pooling == Pooling::kMean) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 0;
        for (const auto& row : x) out[i] += row[i] / static_cast<double>(x.size());
      }
    }
    double squares = 0;
    for (const double v : out) squares += v * v;
    if (config_.normalize) {
      for (double& v : out) v /= std::sqrt(squares);
    }
    return out;
  }

 private:
  std::vector<float> tensor(const std::string& name) const {
    return vectors::read_f32(*file_.table().find(name));
  }

  static void add(Rows& to, const Rows& from) {
    for (std::size_t t = 0; t < to.size(); ++t) {
      for (std::size_t i = 0; i < to[t].size(); ++i) to[t][i] += from[t][i];
    }
  }

  void norm(Rows& x, const std::string& name) const {
    const auto gamma = tensor(name + ".weight");
    const auto beta = tensor(name + ".bias");
    const auto n = static_cast<double>(config_.hidden);
    for (auto& row : x) {
      double mean = 0;
      double variance = 0;
      for (const double v : row) mean += v / n;
      for (const double v : row) variance += (v - mean) * (v - mean) / n;
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] =
            (row[i] - mean) / std::sqrt(variance + config_.layer_norm_epsilon) * gamma[i] + beta[i];
      }
    }
  }

  Rows linear(const Rows& x, const std::string& name) const {
    const auto weight = tensor(name + ".weight");
    const auto bias = tensor(name + ".bias");
    Rows out(x.size(), std::vector<double>(bias.begin(), bias.end()));
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t j = 0; j < bias.size(); ++j) {
        for (std::size_t i = 0; i < x[t].size(); ++i) {
          out[t][j] += x[t][i] * weight[j * x[t].size() + i];
        }
      }
    }
    return out;
  }

  Rows attention(const Rows& x, const std::string& prefix) const {
    const Rows q = linear(x, prefix + "attention.self.query");
    const Rows k = linear(x, prefix + "attention.self.key");
    const Rows v = linear(x, prefix + "attention.self.value");
    const std::size_t dim = config_.hidden / config_.heads;
    Rows out(x.size(), std::vector<double>(config_.hidden));
    for (std::size_t first = 0; first < config_.hidden; first += dim) {
      for (std::size_t t = 0; t < x.size(); ++t) {
        std::vector<double> p(x.size());
        for (std::size_t j = 0; j < x.size(); ++j) {
          for (std::size_t i = first; i < first + dim; ++i) p[j] += q[t][i] * k[j][i];
          p[j] /= std::sqrt(static_cast<double>(dim));
        }
        const double highest = *std::ranges::max_element(p);
        double sum = 0;
        for (double& value : p) sum += value = std::exp(value - highest);
        for (std::size_t j = 0; j < x.size(); ++j) {
          for (std::size_t i = first; i < first + dim; ++i) out[t][i] += p[j] / sum * v[j][i];
        }
      }
    }
    return out;
  }

  ModelConfig config_;
  vectors::SafetensorsFile file_;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_BERT_REFERENCE_H_
