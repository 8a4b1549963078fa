// The layers of a BERT encoder, in one of the precisions: from sums of embeddings to the last
// hidden states of a group of texts.
//
// bert.cc owns what precisions share (embedding tables, grouping, pooling); a precision owns its
// weights and runs the layers (bert_exact.cc, bert_quantized.cc).
#ifndef SEMEME_MODEL_BERT_LAYERS_H_
#define SEMEME_MODEL_BERT_LAYERS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/layer_norm.h"
#include "model/encoder.h"
#include "model/packed_cache.h"
#include "model/sentence_transformers.h"
#include "model/workspace.h"
#include "vectors/safetensors.h"

namespace sememe::model {

/// Whole texts that go through the layers together. Rows of x are their tokens, text after text.
struct TextGroup {
  std::span<const std::size_t> starts;  ///< as in PackedTokens, of these texts alone

  std::size_t texts() const { return starts.size() - 1; }
  std::size_t first_row(std::size_t text) const { return starts[text] - starts.front(); }
  std::size_t tokens(std::size_t text) const { return starts[text + 1] - starts[text]; }
  std::size_t rows() const { return starts.back() - starts.front(); }
  std::size_t longest() const {
    std::size_t longest = 0;
    for (std::size_t b = 0; b < texts(); ++b) longest = std::max(longest, tokens(b));
    return longest;
  }
  /// Texts from `text` on: as many as have at most `tokens` tokens together, at least one.
  TextGroup part(std::size_t text, std::size_t tokens) const {
    std::size_t last = text + 1;
    while (last < texts() && starts[last + 1] - starts[text] <= tokens) ++last;
    return {starts.subspan(text, last - text + 1)};
  }
};

class BertLayers {
 public:
  virtual ~BertLayers() = default;
  /// x [rows, H]: word + position + type embeddings; becomes the last layer's states.
  virtual void run(const TextGroup& group, Workspace::Buffers& buffers, float* x) const = 0;
  /// out [H]: the mean of the first `rows` rows of x.
  virtual void mean(std::size_t rows, const float* x, std::span<float> out) const = 0;
  /// Tokens that should go through the layers together.
  virtual std::size_t group_tokens() const = 0;
};

/// gamma and beta, owned.
struct NormWeights {
  std::vector<float> gamma;
  std::vector<float> beta;
  float epsilon = 1e-12F;

  kernels::LayerNorm view() const { return {.gamma = gamma, .beta = beta, .epsilon = epsilon}; }
};

/// The tensor of that name and shape; throws Error(kCorrupt) for another shape and
/// Error(kUnsupported) when it holds no floats.
const vectors::TensorInfo& expect_float(const vectors::TensorTable& table, const std::string& name,
                                        std::initializer_list<std::uint64_t> shape);
NormWeights load_norm(const vectors::TensorTable& table, const std::string& name,
                      const ModelConfig& config);

/// Weights [n, k] and bias [n] of the linear layers `names`, one after the other: outputs of all.
struct LinearTensors {
  std::vector<float> weight;
  std::vector<float> bias;
};
LinearTensors read_linear(const vectors::TensorTable& table, std::span<const std::string> names,
                          std::size_t n, std::size_t k);

/// Throws as expect_float when a layer's tensors are missing or of another shape.
void check_layers(const vectors::TensorTable& table, const ModelConfig& config);

/// [outputs, inputs] of the four products of a layer: queries, keys and values; attention output;
/// up; down.
struct LinearShape {
  std::size_t n;
  std::size_t k;
};
std::array<LinearShape, 4> linear_shapes(const ModelConfig& config);

/// What layers are made of. Packed weights come from the cache when it has them, else from the
/// table, and are then kept there.
struct LayerSource {
  const vectors::TensorTable& table;
  const ModelConfig& config;
  const PackedCache& cache;
  Isa isa;
};

std::unique_ptr<BertLayers> load_exact_layers(const LayerSource& from);
/// x [ids, H]: the sums of embeddings of one text.
using EmbedTokens = std::function<void(std::span<const TokenId> ids, float* x)>;
/// kNear or kFast. fast evens out its activations by what the layers do to tokens of the model's
/// own vocabulary, hence `embed`.
std::unique_ptr<BertLayers> load_quantized_layers(const LayerSource& from, const EmbedTokens& embed,
                                                  Precision precision);

}  // namespace sememe::model

#endif  // SEMEME_MODEL_BERT_LAYERS_H_
