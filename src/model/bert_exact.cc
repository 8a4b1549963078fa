// BERT layers in f32.
#include <optional>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/attention.h"
#include "kernels/feed_forward.h"
#include "kernels/gemm.h"
#include "model/bert_layers.h"

namespace sememe::model {
namespace {

// Tokens that go through a layer together, so that the weights are read once for all of them.
constexpr std::size_t kGroupTokens = 512;
// Tokens whose queries, keys and values are held at a time: [256, 1152] f32 are 1.2 MB. Half as
// many are 4 % slower on Granite Rapids (2 MiB of L2), 32 x 128 tokens.
constexpr std::size_t kAttentionTokens = 256;

struct ExactLayer {
  kernels::PackedWeights qkv;  ///< queries, keys, values: [3 H, H]
  kernels::PackedWeights attention_output;
  NormWeights attention_norm;
  kernels::PackedWeights up;    ///< [I, H]
  kernels::PackedWeights down;  ///< [H, I]
  NormWeights output_norm;
};

// Rows first .. of `packed` from the linear layer `name` [n, packed.k()].
void load_linear(const vectors::TensorTable& table, const std::string& name, std::size_t first,
                 std::size_t n, kernels::PackedWeights& packed) {
  const vectors::TensorInfo& weight = expect_float(table, name + ".weight", {n, packed.k()});
  const std::vector<float> bias = vectors::read_f32(expect_float(table, name + ".bias", {n}));
  if (const std::span<const float> view = vectors::view_f32(weight); !view.empty()) {
    packed.fill(first, view.data(), bias);
  } else {
    packed.fill(first, vectors::read_f32(weight).data(), bias);
  }
}

ExactLayer pack_layer(const LayerSource& from, const std::string& prefix) {
  const vectors::TensorTable& table = from.table;
  const std::size_t hidden = from.config.hidden;
  const std::size_t wide = from.config.intermediate;
  ExactLayer layer{
      .qkv = {3 * hidden, hidden, from.isa},
      .attention_output = {hidden, hidden, from.isa},
      .attention_norm = load_norm(table, prefix + "attention.output.LayerNorm", from.config),
      .up = {wide, hidden, from.isa},
      .down = {hidden, wide, from.isa},
      .output_norm = load_norm(table, prefix + "output.LayerNorm", from.config)};
  load_linear(table, prefix + "attention.self.query", 0, hidden, layer.qkv);
  load_linear(table, prefix + "attention.self.key", hidden, hidden, layer.qkv);
  load_linear(table, prefix + "attention.self.value", 2 * hidden, hidden, layer.qkv);
  load_linear(table, prefix + "attention.output.dense", 0, hidden, layer.attention_output);
  load_linear(table, prefix + "intermediate.dense", 0, wide, layer.up);
  load_linear(table, prefix + "output.dense", 0, hidden, layer.down);
  return layer;
}

// The same with the matrices in `sections`.
ExactLayer view_layer(const LayerSource& from, const std::string& prefix,
                      std::span<const Section> sections) {
  const auto shapes = linear_shapes(from.config);
  const auto matrix = [&](std::size_t i) {
    return kernels::PackedWeights(shapes[i].n, shapes[i].k, from.isa, sections[i]);
  };
  return {
      .qkv = matrix(0),
      .attention_output = matrix(1),
      .attention_norm = load_norm(from.table, prefix + "attention.output.LayerNorm", from.config),
      .up = matrix(2),
      .down = matrix(3),
      .output_norm = load_norm(from.table, prefix + "output.LayerNorm", from.config)};
}

std::vector<std::size_t> section_sizes(const LayerSource& from) {
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < from.config.layers; ++i) {
    for (const auto& [n, k] : linear_shapes(from.config)) {
      sizes.push_back(kernels::PackedWeights::byte_size(n, k, from.isa));
    }
  }
  return sizes;
}

class ExactLayers final : public BertLayers {
 public:
  /// Without `packed` the weights are packed here.
  ExactLayers(const LayerSource& from, std::optional<PackedFile> packed)
      : hidden_(from.config.hidden),
        heads_(from.config.heads),
        wide_(from.config.intermediate),
        isa_(from.isa),
        embedding_norm_(load_norm(from.table, "embeddings.LayerNorm", from.config)),
        packed_(std::move(packed)),
        layers_(from.config.layers) {
    const auto prefix = [](std::size_t i) { return concat("encoder.layer.", i, "."); };
    if (packed_) {
      for (std::size_t i = 0; i < layers_.size(); ++i) {
        layers_[i] = view_layer(from, prefix(i), packed_->sections().subspan(4 * i, 4));
      }
      return;
    }
    ThreadPool pool(std::min(available_threads(), layers_.size()));
    pool.parallel_for(layers_.size(), [&](std::size_t i, std::size_t) {
      layers_[i] = pack_layer(from, prefix(i));
    });
  }

  /// The matrices of all layers, as view_layer takes them.
  std::vector<Section> sections() const {
    std::vector<Section> sections;
    for (const ExactLayer& layer : layers_) {
      for (const auto* matrix : {&layer.qkv, &layer.attention_output, &layer.up, &layer.down}) {
        sections.push_back(matrix->bytes());
      }
    }
    return sections;
  }

  void run(const TextGroup& group, Workspace::Buffers& buffers, float* x) const override {
    const std::size_t rows = group.rows();
    const std::size_t part_rows = std::min(rows, std::max(group.longest(), kAttentionTokens));
    buffers.qkv.grow(part_rows * 3 * hidden_);
    buffers.context.grow(part_rows * hidden_);
    buffers.up.grow(kernels::feed_forward_scratch(rows, layers_[0].up, layers_[0].down));
    buffers.scratch.grow(kernels::attention_scratch(attention_shape(group.longest())));
    kernels::layer_norm(rows, {x, hidden_}, embedding_norm_.view(), isa_);
    for (const ExactLayer& layer : layers_) {
      for (std::size_t text = 0; text < group.texts();) {
        const TextGroup part = group.part(text, kAttentionTokens);
        attend(layer, part, buffers, x + group.first_row(text) * hidden_);
        text += part.texts();
      }
      feed_forward(layer, rows, buffers, x);
    }
  }

  void mean(std::size_t rows, const float* x, std::span<float> out) const override {
    kernels::mean_rows(rows, {x, hidden_}, out, isa_);
  }

  std::size_t group_tokens() const override { return kGroupTokens; }

 private:
  kernels::AttentionShape attention_shape(std::size_t tokens) const {
    return {.tokens = tokens, .heads = heads_, .head_dim = hidden_ / heads_, .isa = isa_};
  }

  // Attention of the texts of `part`, whose rows begin at x, up to the normalisation after it.
  void attend(const ExactLayer& layer, const TextGroup& part, Workspace::Buffers& buffers,
              float* x) const {
    const std::size_t rows = part.rows();
    float* qkv = buffers.qkv.data();
    float* context = buffers.context.data();
    kernels::gemm(rows, {x, hidden_}, layer.qkv, {qkv, 3 * hidden_});
    for (std::size_t b = 0; b < part.texts(); ++b) {
      const std::size_t row = part.first_row(b);
      kernels::attention(attention_shape(part.tokens(b)), {qkv + row * 3 * hidden_, 3 * hidden_},
                         {context + row * hidden_, hidden_},
                         {buffers.scratch.data(), buffers.scratch.size()});
    }
    kernels::gemm(rows, {context, hidden_}, layer.attention_output, {x, hidden_},
                  {.epilogue = kernels::Epilogue::kResidual, .residual = {x, hidden_}});
    kernels::layer_norm(rows, {x, hidden_}, layer.attention_norm.view(), isa_);
  }

  void feed_forward(const ExactLayer& layer, std::size_t rows, Workspace::Buffers& buffers,
                    float* x) const {
    kernels::feed_forward(rows, {x, hidden_}, layer.up, layer.down,
                          {buffers.up.data(), buffers.up.size()});
    kernels::layer_norm(rows, {x, hidden_}, layer.output_norm.view(), isa_);
  }

  std::size_t hidden_;
  std::size_t heads_;
  std::size_t wide_;
  Isa isa_;
  NormWeights embedding_norm_;
  std::optional<PackedFile> packed_;  // what the layers look into
  std::vector<ExactLayer> layers_;
};

}  // namespace

std::unique_ptr<BertLayers> load_exact_layers(const LayerSource& from) {
  const std::string kind = concat("exact-", kernels::packed_layout(from.isa));
  std::optional<PackedFile> packed = from.cache.find(kind, section_sizes(from));
  const bool found = packed.has_value();
  auto layers = std::make_unique<ExactLayers>(from, std::move(packed));
  if (!found) from.cache.keep(kind, layers->sections());
  return layers;
}

}  // namespace sememe::model
