// BERT layers in integers: 16-bit (near) and 8-bit (fast).
//
// Products take quantized rows and give f32; attention, residuals and normalisation run in between
// (kernels/quantized.h). Within a group attention runs for a few texts at a time and the
// feed-forward part for a block of rows, so that their wide intermediate results stay in the L2
// cache.
//
// fast: an encoder's activations differ a hundredfold from channel to channel, and one scale for a
// row wastes most of its 255 levels on a few channels. So channel j is divided by
// sqrt(a_j / w_j) on its way to the levels and its weights are multiplied by it, a_j being the
// largest magnitude of the channel and w_j of its weights (SmoothQuant, alpha = 1/2). a_j comes
// from running random tokens of the model's vocabulary through the 16-bit layers, whose bits do not
// depend on the processor; on MiniLM-L6 that gives mean cosines to f32 of 0.9994 (0.9989 without)
// and real text gives no better ones.
#include <array>
#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/quantized.h"
#include "model/bert_layers.h"

namespace sememe::model {
namespace {

using kernels::Quantization;
using kernels::QuantizedEpilogue;

// Tokens that go through a layer together, so that the weights are read once for all of them.
constexpr std::size_t kGroupTokens = 512;
// Tokens whose queries, keys and values are held at a time: [128, 1152] f32 are 590 KB.
constexpr std::size_t kAttentionTokens = 128;
// Rows of the feed-forward part at a time: [64, 1536] f32 are 393 KB.
constexpr std::size_t kBlockRows = 64;

// Texts of random tokens that the channels' magnitudes are taken from.
constexpr std::size_t kCalibrationTexts = 16;
constexpr std::size_t kCalibrationTokens = 128;

struct QuantizedLayer {
  std::vector<float> qkv_factors;  // [H] or empty
  kernels::QuantizedWeights qkv;
  kernels::QuantizedWeights attention_output;
  NormWeights attention_norm;
  std::vector<float> up_factors;  // [H] or empty
  kernels::QuantizedWeights up;
  kernels::QuantizedWeights down;
  NormWeights output_norm;
};

/// The largest magnitude of each channel of the inputs of one layer.
struct ChannelPeaks {
  std::vector<float> qkv;  // [H]
  std::vector<float> up;   // [H]
};

void raise_peaks(const float* x, std::size_t rows, std::vector<float>& peaks) {
  const std::size_t n = peaks.size();
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      peaks[i] = std::max(peaks[i], std::abs(x[r * n + i]));
    }
  }
}

// What channel j is multiplied by; only exactly rounded operations, so that every processor finds
// the same.
std::vector<float> factors_for(const std::vector<float>& peaks, std::span<const float> weight) {
  std::vector<float> factors(peaks.size());
  std::vector<float> weight_peaks(peaks.size());
  raise_peaks(weight.data(), weight.size() / peaks.size(), weight_peaks);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    const float activation = std::max(peaks[i], 1e-3F);
    const float largest = std::max(weight_peaks[i], 1e-5F);
    factors[i] = std::sqrt(largest / activation);
  }
  return factors;
}

QuantizedLayer quantize_layer(const LayerSource& from, const std::string& prefix,
                              Quantization quantization, const ChannelPeaks* peaks) {
  const vectors::TensorTable& table = from.table;
  const std::size_t hidden = from.config.hidden;
  const std::size_t wide = from.config.intermediate;
  const std::array qkv_names = {prefix + "attention.self.query", prefix + "attention.self.key",
                                prefix + "attention.self.value"};
  const std::array output_name = {prefix + "attention.output.dense"};
  const std::array up_name = {prefix + "intermediate.dense"};
  const std::array down_name = {prefix + "output.dense"};
  QuantizedLayer layer;
  const auto quantized = [&](const LinearTensors& linear, std::size_t k,
                             std::span<const float> factors) {
    return kernels::QuantizedWeights(linear.weight, linear.bias, k, factors, quantization,
                                     from.isa);
  };
  const LinearTensors qkv = read_linear(table, qkv_names, hidden, hidden);
  if (peaks != nullptr) layer.qkv_factors = factors_for(peaks->qkv, qkv.weight);
  layer.qkv = quantized(qkv, hidden, layer.qkv_factors);
  layer.attention_output = quantized(read_linear(table, output_name, hidden, hidden), hidden, {});
  const LinearTensors up = read_linear(table, up_name, wide, hidden);
  if (peaks != nullptr) layer.up_factors = factors_for(peaks->up, up.weight);
  layer.up = quantized(up, hidden, layer.up_factors);
  layer.down = quantized(read_linear(table, down_name, hidden, wide), wide, {});
  return layer;
}

// fast has factors, near has none.
std::size_t sections_per_layer(Quantization quantization) {
  return quantization == Quantization::kInt8 ? 6 : 4;
}

// Four matrices, then the factors of the first and the third.
QuantizedLayer view_layer(const LayerSource& from, Quantization quantization,
                          std::span<const Section> sections) {
  const auto shapes = linear_shapes(from.config);
  const auto matrix = [&](std::size_t i) {
    return kernels::QuantizedWeights(shapes[i].n, shapes[i].k, quantization, from.isa, sections[i]);
  };
  const auto factors = [&](std::size_t i) {
    std::vector<float> values(i < sections.size() ? from.config.hidden : 0);
    if (!values.empty()) std::memcpy(values.data(), sections[i].data(), sections[i].size());
    return values;
  };
  QuantizedLayer layer;
  layer.qkv_factors = factors(4);
  layer.qkv = matrix(0);
  layer.attention_output = matrix(1);
  layer.up_factors = factors(5);
  layer.up = matrix(2);
  layer.down = matrix(3);
  return layer;
}

Section bytes_of(const std::vector<float>& floats) {
  return {reinterpret_cast<const std::uint8_t*>(floats.data()), floats.size() * sizeof(float)};
}

std::vector<std::size_t> section_sizes(const ModelConfig& config, Quantization quantization) {
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < config.layers; ++i) {
    for (const auto& [n, k] : linear_shapes(config)) {
      sizes.push_back(kernels::QuantizedWeights::byte_size(n, k, quantization));
    }
    sizes.resize((i + 1) * sections_per_layer(quantization), config.hidden * sizeof(float));
  }
  return sizes;
}

class QuantizedLayers final : public BertLayers {
 public:
  /// Quantizes the weights; peaks: of each layer, or none.
  QuantizedLayers(const LayerSource& from, Quantization quantization,
                  std::span<const ChannelPeaks> peaks)
      : QuantizedLayers(from, quantization) {
    ThreadPool pool(std::min(available_threads(), layers_.size()));
    pool.parallel_for(layers_.size(), [&](std::size_t i, std::size_t) {
      layers_[i] =
          quantize_layer(from, layer_prefix(i), quantization, peaks.empty() ? nullptr : &peaks[i]);
      load_norms(from, i);
    });
  }

  QuantizedLayers(const LayerSource& from, Quantization quantization, PackedFile packed)
      : QuantizedLayers(from, quantization) {
    packed_ = std::move(packed);
    const std::size_t count = sections_per_layer(quantization);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      layers_[i] = view_layer(from, quantization, packed_.sections().subspan(count * i, count));
      load_norms(from, i);
    }
  }

  /// Of all layers, as view_layer takes them.
  std::vector<Section> sections() const {
    std::vector<Section> sections;
    for (const QuantizedLayer& layer : layers_) {
      for (const auto* matrix : {&layer.qkv, &layer.attention_output, &layer.up, &layer.down}) {
        sections.push_back(matrix->bytes());
      }
      if (layer.qkv_factors.empty()) continue;
      sections.push_back(bytes_of(layer.qkv_factors));
      sections.push_back(bytes_of(layer.up_factors));
    }
    return sections;
  }

  void run(const TextGroup& group, Workspace::Buffers& buffers, float* x) const override {
    run_observed(group, buffers, x, nullptr);
  }

  /// run(), and `peaks` [layers] raised to what was seen.
  void run_observed(const TextGroup& group, Workspace::Buffers& buffers, float* x,
                    std::vector<ChannelPeaks>* peaks) const {
    prepare(group, buffers);
    const std::size_t rows = group.rows();
    kernels::layer_norm_quantize(rows, {x, hidden_}, embedding_norm_.view(),
                                 layers_.front().qkv_factors, buffers.input.from(0));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (peaks != nullptr) raise_peaks(x, rows, (*peaks)[i].qkv);
      for (std::size_t text = 0; text < group.texts();) {
        const TextGroup part = group.part(text, kAttentionTokens);
        attend(layers_[i], part, group.first_row(text), buffers, x);
        text += part.texts();
      }
      if (peaks != nullptr) raise_peaks(x, rows, (*peaks)[i].up);
      for (std::size_t row = 0; row < rows; row += kBlockRows) {
        feed_forward(i, row, std::min(kBlockRows, rows - row), buffers, x);
      }
    }
  }

  void mean(std::size_t rows, const float* x, std::span<float> out) const override {
    kernels::portable_mean_rows(rows, {x, hidden_}, out, isa_);
  }

  std::size_t group_tokens() const override { return kGroupTokens; }

 private:
  QuantizedLayers(const LayerSource& from, Quantization quantization)
      : hidden_(from.config.hidden),
        heads_(from.config.heads),
        wide_(from.config.intermediate),
        quantization_(quantization),
        isa_(from.isa),
        embedding_norm_(load_norm(from.table, "embeddings.LayerNorm", from.config)),
        layers_(from.config.layers) {}

  static std::string layer_prefix(std::size_t i) { return concat("encoder.layer.", i, "."); }

  void load_norms(const LayerSource& from, std::size_t i) {
    const std::string prefix = layer_prefix(i);
    layers_[i].attention_norm =
        load_norm(from.table, prefix + "attention.output.LayerNorm", from.config);
    layers_[i].output_norm = load_norm(from.table, prefix + "output.LayerNorm", from.config);
  }

  kernels::AttentionShape attention_shape(std::size_t tokens) const {
    return {.tokens = tokens, .heads = heads_, .head_dim = hidden_ / heads_, .isa = isa_};
  }

  void prepare(const TextGroup& group, Workspace::Buffers& buffers) const {
    const std::size_t rows = group.rows();
    const std::size_t part = std::min(rows, std::max(group.longest(), kAttentionTokens));
    const std::size_t block = std::min(rows, kBlockRows);
    buffers.qkv.grow(part * 3 * hidden_);
    buffers.context.grow(part * hidden_);
    buffers.up.grow(block * wide_);
    buffers.scratch.grow(
        kernels::quantized_attention_scratch(attention_shape(group.longest()), quantization_));
    for (kernels::QuantizedRows* levels :
         {&buffers.input, &buffers.mixed, &buffers.middle, &buffers.inner}) {
      levels->reset(quantization_, isa_);
    }
    buffers.input.grow(rows, hidden_);
    buffers.mixed.grow(part, hidden_);
    buffers.middle.grow(rows, hidden_);
    buffers.inner.grow(block, wide_);
  }

  // Attention of the texts of `part`, whose rows begin at `row`, up to the normalisation after it.
  void attend(const QuantizedLayer& layer, const TextGroup& part, std::size_t row,
              Workspace::Buffers& buffers, float* x) const {
    const std::size_t rows = part.rows();
    float* qkv = buffers.qkv.data();
    float* context = buffers.context.data();
    float* block = x + row * hidden_;
    kernels::quantized_gemm(rows, buffers.input.from(row), layer.qkv, {qkv, 3 * hidden_},
                            QuantizedEpilogue::kBias);
    for (std::size_t b = 0; b < part.texts(); ++b) {
      const std::size_t first = part.first_row(b);
      kernels::quantized_attention(
          attention_shape(part.tokens(b)), quantization_, {qkv + first * 3 * hidden_, 3 * hidden_},
          {context + first * hidden_, hidden_}, {buffers.scratch.data(), buffers.scratch.size()});
    }
    kernels::quantize(rows, {context, hidden_}, {}, buffers.mixed.from(0));
    kernels::quantized_gemm(rows, buffers.mixed.from(0), layer.attention_output, {block, hidden_},
                            QuantizedEpilogue::kResidual);
    kernels::layer_norm_quantize(rows, {block, hidden_}, layer.attention_norm.view(),
                                 layer.up_factors, buffers.middle.from(row));
  }

  void feed_forward(std::size_t index, std::size_t row, std::size_t rows,
                    Workspace::Buffers& buffers, float* x) const {
    const QuantizedLayer& layer = layers_[index];
    float* block = x + row * hidden_;
    kernels::quantized_gemm_gelu(rows, buffers.middle.from(row), layer.up,
                                 {buffers.up.data(), wide_}, buffers.inner.from(0));
    kernels::quantized_gemm(rows, buffers.inner.from(0), layer.down, {block, hidden_},
                            QuantizedEpilogue::kResidual);
    if (index + 1 == layers_.size()) {
      kernels::portable_layer_norm(rows, {block, hidden_}, layer.output_norm.view(), isa_);
    } else {
      kernels::layer_norm_quantize(rows, {block, hidden_}, layer.output_norm.view(),
                                   layers_[index + 1].qkv_factors, buffers.input.from(row));
    }
  }

  std::size_t hidden_;
  std::size_t heads_;
  std::size_t wide_;
  Quantization quantization_;
  Isa isa_;
  NormWeights embedding_norm_;
  PackedFile packed_;  // what the layers look into, if they do
  std::vector<QuantizedLayer> layers_;
};

// Token ids by a linear congruential generator (Knuth's MMIX constants): any would do, as long as
// it is the same everywhere.
std::vector<TokenId> random_tokens(std::size_t count, std::size_t vocabulary) {
  std::vector<TokenId> ids(count);
  std::uint64_t state = 1;
  for (TokenId& id : ids) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    id = TokenId{static_cast<std::uint32_t>((state >> 33) % vocabulary)};
  }
  return ids;
}

std::vector<ChannelPeaks> observe_peaks(const LayerSource& from, const EmbedTokens& embed) {
  const ModelConfig& config = from.config;
  const std::size_t tokens = std::min(kCalibrationTokens, config.max_positions);
  const QuantizedLayers layers(from, Quantization::kInt16, std::span<const ChannelPeaks>());
  std::vector<ChannelPeaks> peaks(config.layers, {.qkv = std::vector<float>(config.hidden),
                                                  .up = std::vector<float>(config.hidden)});
  const std::vector<TokenId> ids =
      random_tokens(kCalibrationTexts * tokens, config.vocabulary_size);
  Workspace workspace;
  std::vector<float> x(tokens * config.hidden);
  const std::vector<std::size_t> starts = {0, tokens};
  for (std::size_t text = 0; text < kCalibrationTexts; ++text) {
    embed(std::span(ids).subspan(text * tokens, tokens), x.data());
    layers.run_observed({starts}, workspace.buffers(), x.data(), &peaks);
  }
  return peaks;
}

std::string layout_word(kernels::QuantizedLayout layout) {
  switch (layout) {
    case kernels::QuantizedLayout::kInt8:
      return "int8";
    case kernels::QuantizedLayout::kInt16:
      return "int16";
    case kernels::QuantizedLayout::kInt16Planes:
      return "int16planes";
  }
  SEMEME_CHECK(false);
}

}  // namespace

std::unique_ptr<BertLayers> load_quantized_layers(const LayerSource& from, const EmbedTokens& embed,
                                                  Precision precision) {
  const bool fast = precision == Precision::kFast;
  const Quantization quantization = fast ? Quantization::kInt8 : Quantization::kInt16;
  const std::string kind = concat(precision_name(precision), "-",
                                  layout_word(kernels::quantized_layout(quantization, from.isa)));
  if (auto packed = from.cache.find(kind, section_sizes(from.config, quantization))) {
    return std::make_unique<QuantizedLayers>(from, quantization, *std::move(packed));
  }
  const std::vector<ChannelPeaks> peaks =
      fast ? observe_peaks(from, embed) : std::vector<ChannelPeaks>();
  auto layers = std::make_unique<QuantizedLayers>(from, quantization, std::span(peaks));
  from.cache.keep(kind, layers->sections());
  return layers;
}

}  // namespace sememe::model
