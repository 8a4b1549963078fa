#include "model/bert.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/attention.h"
#include "model/workspace.h"

namespace sememe::model {
namespace {

// Tokens that go through all layers together; see bert.h. encoder_bench on Zen 4 (1 MiB L2, 32 MiB
// L3): 128 to 1024 lie within 2 %.
constexpr std::size_t kGroupTokens = 256;
// Rows of the feed-forward part at a time: [96, 1536] f32 are 590 KB.
constexpr std::size_t kFeedForwardRows = 96;

using Shape = std::initializer_list<std::uint64_t>;

const TensorInfo& expect_float(const TensorTable& table, const std::string& name, Shape shape) {
  const TensorInfo& tensor = table.expect(name, std::span(shape.begin(), shape.size()));
  if (!is_float(tensor)) {
    throw Error(ErrorCode::kUnsupported,
                concat(table.what(), ": tensor ", quote(name), ": expected F32, F16 or ",
                       "BF16, found ", quote(tensor.dtype)));
  }
  return tensor;
}

NormWeights load_norm(const TensorTable& table, const std::string& name, std::size_t hidden) {
  return {.gamma = read_f32(expect_float(table, name + ".weight", {hidden})),
          .beta = read_f32(expect_float(table, name + ".bias", {hidden}))};
}

// Rows first .. of `packed` from the linear layer `name` [n, packed.k()].
void load_linear(const TensorTable& table, const std::string& name, std::size_t first,
                 std::size_t n, kernels::PackedWeights& packed) {
  const TensorInfo& weight = expect_float(table, name + ".weight", {n, packed.k()});
  const std::vector<float> bias = read_f32(expect_float(table, name + ".bias", {n}));
  if (const std::span<const float> view = view_f32(weight); !view.empty()) {
    packed.fill(first, view.data(), bias);
  } else {
    packed.fill(first, read_f32(weight).data(), bias);
  }
}

BertLayer load_layer(const TensorTable& table, const std::string& prefix, const ModelConfig& config,
                     Isa isa) {
  const std::size_t hidden = config.hidden;
  // The shapes are checked against the file before memory is taken for the packed copy.
  expect_float(table, prefix + "attention.self.query.weight", {hidden, hidden});
  expect_float(table, prefix + "intermediate.dense.weight", {config.intermediate, hidden});
  BertLayer layer{.qkv = {3 * hidden, hidden, isa},
                  .attention_output = {hidden, hidden, isa},
                  .attention_norm = load_norm(table, prefix + "attention.output.LayerNorm", hidden),
                  .up = {config.intermediate, hidden, isa},
                  .down = {hidden, config.intermediate, isa},
                  .output_norm = load_norm(table, prefix + "output.LayerNorm", hidden)};
  load_linear(table, prefix + "attention.self.query", 0, hidden, layer.qkv);
  load_linear(table, prefix + "attention.self.key", hidden, hidden, layer.qkv);
  load_linear(table, prefix + "attention.self.value", 2 * hidden, hidden, layer.qkv);
  load_linear(table, prefix + "attention.output.dense", 0, hidden, layer.attention_output);
  load_linear(table, prefix + "intermediate.dense", 0, config.intermediate, layer.up);
  load_linear(table, prefix + "output.dense", 0, hidden, layer.down);
  return layer;
}

// The end of the group of texts that begins at `first`: whole texts, about kGroupTokens tokens.
std::size_t group_end(const PackedTokens& tokens, std::size_t first) {
  std::size_t last = first + 1;
  while (last < tokens.batch() && tokens.starts[last + 1] - tokens.starts[first] <= kGroupTokens) {
    ++last;
  }
  return last;
}

}  // namespace

BertEncoder::BertEncoder(ModelConfig config, SafetensorsFile file, Isa isa)
    : config_(std::move(config)), file_(std::move(file)), isa_(isa) {
  load_embeddings();
  load_layers();
  fill_info();
}

void BertEncoder::load_embeddings() {
  const TensorTable& table = file_.table();
  const std::size_t hidden = config_.hidden;
  const TensorInfo& words =
      expect_float(table, "embeddings.word_embeddings.weight", {config_.vocabulary_size, hidden});
  words_ = view_f32(words);
  if (words_.empty()) {
    owned_words_ = kernels::AlignedFloats(words.elements);
    read_f32(words, 0, {owned_words_.data(), owned_words_.size()});
    words_ = {owned_words_.data(), owned_words_.size()};
  }
  positions_ = read_f32(expect_float(table, "embeddings.position_embeddings.weight",
                                     {config_.max_positions, hidden}));
  token_type_.resize(hidden);
  read_f32(expect_float(table, "embeddings.token_type_embeddings.weight",
                        {config_.type_vocabulary_size, hidden}),
           0, token_type_);
  embedding_norm_ = load_norm(table, "embeddings.LayerNorm", hidden);
}

void BertEncoder::load_layers() {
  // A layer that the file lacks is found before any memory is taken for `layers`.
  for (std::size_t i = 0; i < config_.layers; ++i) {
    expect_float(file_.table(), concat("encoder.layer.", i, ".output.LayerNorm.bias"),
                 {config_.hidden});
  }
  layers_.resize(config_.layers);
  ThreadPool pool(std::min(available_threads(), config_.layers));
  pool.parallel_for(config_.layers, [&](std::size_t i, std::size_t) {
    layers_[i] = load_layer(file_.table(), concat("encoder.layer.", i, "."), config_, isa_);
  });
}

void BertEncoder::fill_info() {
  const std::size_t hidden = config_.hidden;
  const std::size_t layer = 4 * hidden * (hidden + 1) + 2 * hidden * config_.intermediate +
                            config_.intermediate + hidden + 4 * hidden;
  const TensorInfo* words = file_.table().find("embeddings.word_embeddings.weight");
  info_ = {.architecture = "bert",
           .pooling = std::string(pooling_word(config_.pooling)),
           .weights_type = dtype_word(*words),
           .normalized = config_.normalize,
           .dim = hidden,
           .max_tokens = config_.max_tokens,
           .vocabulary_size = config_.vocabulary_size,
           .layers = config_.layers,
           .hidden = hidden,
           .heads = config_.heads,
           .intermediate = config_.intermediate,
           .parameters = (config_.vocabulary_size + config_.max_positions +
                          config_.type_vocabulary_size + 2) *
                             hidden +
                         config_.layers * layer};
}

kernels::LayerNorm BertEncoder::norm(const NormWeights& weights) const {
  return {.gamma = weights.gamma,
          .beta = weights.beta,
          .epsilon = static_cast<float>(config_.layer_norm_epsilon)};
}

void BertEncoder::check(const PackedTokens& tokens) const {
  SEMEME_CHECK(!tokens.starts.empty() && tokens.starts.front() == 0);
  SEMEME_CHECK(tokens.starts.back() == tokens.ids.size());
  for (std::size_t b = 0; b < tokens.batch(); ++b) {
    SEMEME_CHECK(tokens.starts[b] < tokens.starts[b + 1]);
    SEMEME_CHECK(tokens.starts[b + 1] - tokens.starts[b] <= config_.max_positions);
  }
  for (const TokenId id : tokens.ids) {
    SEMEME_CHECK(static_cast<std::size_t>(id) < config_.vocabulary_size);
  }
}

void BertEncoder::embed(const PackedTokens& tokens, std::size_t first, std::size_t last,
                        float* x) const {
  const std::size_t hidden = config_.hidden;
  std::size_t row = 0;
  for (std::size_t b = first; b < last; ++b) {
    for (std::size_t t = tokens.starts[b]; t < tokens.starts[b + 1]; ++t, ++row) {
      const std::size_t position = t - tokens.starts[b];
      kernels::sum_rows(words_.subspan(static_cast<std::size_t>(tokens.ids[t]) * hidden, hidden),
                        token_type_, std::span(positions_).subspan(position * hidden, hidden),
                        {x + row * hidden, hidden}, isa_);
    }
  }
  kernels::layer_norm(row, {x, hidden}, norm(embedding_norm_), isa_);
}

void BertEncoder::attend(const BertLayer& layer, const PackedTokens& tokens, std::size_t first,
                         std::size_t last, Workspace::Buffers& buffers, float* x) const {
  const std::size_t hidden = config_.hidden;
  const std::size_t begin = tokens.starts[first];
  const std::size_t rows = tokens.starts[last] - begin;
  float* qkv = buffers.qkv.data();
  float* context = buffers.context.data();
  kernels::gemm(rows, {x, hidden}, layer.qkv, {qkv, 3 * hidden});
  for (std::size_t b = first; b < last; ++b) {
    const std::size_t row = tokens.starts[b] - begin;
    kernels::attention({.tokens = tokens.starts[b + 1] - tokens.starts[b],
                        .heads = config_.heads,
                        .head_dim = hidden / config_.heads,
                        .isa = isa_},
                       {qkv + row * 3 * hidden, 3 * hidden}, {context + row * hidden, hidden},
                       {buffers.scratch.data(), buffers.scratch.size()});
  }
  kernels::gemm(rows, {context, hidden}, layer.attention_output, {x, hidden},
                {.epilogue = kernels::Epilogue::kResidual, .residual = {x, hidden}});
  kernels::layer_norm(rows, {x, hidden}, norm(layer.attention_norm), isa_);
}

void BertEncoder::feed_forward(const BertLayer& layer, std::size_t rows,
                               Workspace::Buffers& buffers, float* x) const {
  const std::size_t hidden = config_.hidden;
  const std::size_t wide = config_.intermediate;
  for (std::size_t row = 0; row < rows; row += kFeedForwardRows) {
    const std::size_t count = std::min(kFeedForwardRows, rows - row);
    float* block = x + row * hidden;
    kernels::gemm(count, {block, hidden}, layer.up, {buffers.up.data(), wide},
                  {.epilogue = kernels::Epilogue::kGelu, .residual = {}});
    kernels::gemm(count, {buffers.up.data(), wide}, layer.down, {block, hidden},
                  {.epilogue = kernels::Epilogue::kResidual, .residual = {block, hidden}});
    kernels::layer_norm(count, {block, hidden}, norm(layer.output_norm), isa_);
  }
}

void BertEncoder::run_group(const PackedTokens& tokens, std::size_t first, std::size_t last,
                            Workspace::Buffers& buffers, float* x) const {
  const std::size_t rows = tokens.starts[last] - tokens.starts[first];
  std::size_t longest = 0;
  for (std::size_t b = first; b < last; ++b) {
    longest = std::max(longest, tokens.starts[b + 1] - tokens.starts[b]);
  }
  buffers.qkv.grow(rows * 3 * config_.hidden);
  buffers.context.grow(rows * config_.hidden);
  buffers.up.grow(std::min(rows, kFeedForwardRows) * config_.intermediate);
  buffers.scratch.grow(kernels::attention_scratch({.tokens = longest,
                                                   .heads = config_.heads,
                                                   .head_dim = config_.hidden / config_.heads,
                                                   .isa = isa_}));
  embed(tokens, first, last, x);
  for (const BertLayer& layer : layers_) {
    attend(layer, tokens, first, last, buffers, x);
    feed_forward(layer, rows, buffers, x);
  }
}

void BertEncoder::encode(const PackedTokens& tokens, Workspace& workspace,
                         std::span<float> out) const {
  check(tokens);
  const std::size_t hidden = config_.hidden;
  SEMEME_CHECK(out.size() == tokens.batch() * hidden);
  Workspace::Buffers& buffers = workspace.buffers();
  for (std::size_t first = 0; first < tokens.batch();) {
    const std::size_t last = group_end(tokens, first);
    const std::size_t begin = tokens.starts[first];
    buffers.x.grow((tokens.starts[last] - begin) * hidden);
    run_group(tokens, first, last, buffers, buffers.x.data());
    for (std::size_t b = first; b < last; ++b) {
      const float* x = buffers.x.data() + (tokens.starts[b] - begin) * hidden;
      const std::size_t rows =
          config_.pooling == Pooling::kCls ? 1 : tokens.starts[b + 1] - tokens.starts[b];
      const std::span<float> vector = out.subspan(b * hidden, hidden);
      kernels::mean_rows(rows, {x, hidden}, vector, isa_);
      if (config_.normalize) kernels::l2_normalize(vector);
    }
    first = last;
  }
}

void BertEncoder::hidden_states(const PackedTokens& tokens, Workspace& workspace,
                                std::span<float> out) const {
  check(tokens);
  SEMEME_CHECK(out.size() == tokens.ids.size() * config_.hidden);
  for (std::size_t first = 0; first < tokens.batch();) {
    const std::size_t last = group_end(tokens, first);
    run_group(tokens, first, last, workspace.buffers(),
              out.data() + tokens.starts[first] * config_.hidden);
    first = last;
  }
}

}  // namespace sememe::model
