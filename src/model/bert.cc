#include "model/bert.h"

#include <algorithm>

#include "base/error_context.h"
#include "kernels/layer_norm.h"
#include "kernels/target.h"
#include "model/workspace.h"

namespace sememe::model {

BertEncoder::BertEncoder(ModelConfig config, vectors::SafetensorsFile file, Precision precision,
                         Isa isa, const PackedCache& cache)
    : config_(std::move(config)), file_(std::move(file)), isa_(isa) {
  load_embeddings();
  check_layers(file_.table(), config_);
  const LayerSource source{file_.table(), config_, cache, isa_};
  layers_ = precision == Precision::kExact
                ? load_exact_layers(source)
                : load_quantized_layers(
                      source, [this](std::span<const TokenId> ids, float* x) { embed(ids, x); },
                      precision);
  fill_info(precision);
}

void BertEncoder::load_embeddings() {
  const vectors::TensorTable& table = file_.table();
  const std::size_t hidden = config_.hidden;
  const vectors::TensorInfo& words =
      expect_float(table, "embeddings.word_embeddings.weight", {config_.vocabulary_size, hidden});
  words_ = vectors::view_f32(words);
  if (words_.empty()) {
    owned_words_ = kernels::AlignedFloats(words.elements);
    vectors::read_f32(words, 0, {owned_words_.data(), owned_words_.size()});
    words_ = {owned_words_.data(), owned_words_.size()};
  }
  positions_ = vectors::read_f32(expect_float(table, "embeddings.position_embeddings.weight",
                                              {config_.max_positions, hidden}));
  token_type_.resize(hidden);
  vectors::read_f32(expect_float(table, "embeddings.token_type_embeddings.weight",
                                 {config_.type_vocabulary_size, hidden}),
                    0, token_type_);
}

void BertEncoder::fill_info(Precision precision) {
  const std::size_t hidden = config_.hidden;
  const std::size_t layer = 4 * hidden * (hidden + 1) + 2 * hidden * config_.intermediate +
                            config_.intermediate + hidden + 4 * hidden;
  const vectors::TensorInfo* words = file_.table().find("embeddings.word_embeddings.weight");
  info_ = {.architecture = "bert",
           .pooling = std::string(pooling_word(config_.pooling)),
           .weights_type = vectors::dtype_word(*words),
           .precision = precision,
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

TextGroup BertEncoder::group_from(const PackedTokens& tokens, std::size_t first) const {
  std::size_t last = first + 1;
  while (last < tokens.batch() &&
         tokens.starts[last + 1] - tokens.starts[first] <= layers_->group_tokens()) {
    ++last;
  }
  return {tokens.starts.subspan(first, last - first + 1)};
}

void BertEncoder::embed(std::span<const TokenId> ids, float* x) const {
  const std::size_t hidden = config_.hidden;
  const auto row_of = [&](std::size_t t) {
    return words_.subspan(static_cast<std::size_t>(ids[t]) * hidden, hidden);
  };
  // Rows of the word table, 47 MB for MiniLM-L6, are asked for so many tokens ahead.
  constexpr std::size_t kRowsAhead = 4;
  for (std::size_t t = 0; t < ids.size(); ++t) {
    if (t + kRowsAhead < ids.size()) {
      kernels::prefetch_lines(row_of(t + kRowsAhead).data(), hidden * sizeof(float));
    }
    kernels::sum_rows(row_of(t), token_type_, std::span(positions_).subspan(t * hidden, hidden),
                      {x + t * hidden, hidden}, isa_);
  }
}

void BertEncoder::run_group(const PackedTokens& tokens, const TextGroup& group,
                            Workspace::Buffers& buffers, float* x) const {
  for (std::size_t b = 0; b < group.texts(); ++b) {
    embed(tokens.ids.subspan(group.starts[b], group.tokens(b)),
          x + group.first_row(b) * config_.hidden);
  }
  layers_->run(group, buffers, x);
}

void BertEncoder::encode(const PackedTokens& tokens, Workspace& workspace,
                         std::span<float> out) const {
  check(tokens);
  const std::size_t hidden = config_.hidden;
  SEMEME_CHECK(out.size() == tokens.batch() * hidden);
  Workspace::Buffers& buffers = workspace.buffers();
  for (std::size_t first = 0; first < tokens.batch();) {
    const TextGroup group = group_from(tokens, first);
    buffers.x.grow(group.rows() * hidden);
    run_group(tokens, group, buffers, buffers.x.data());
    for (std::size_t b = 0; b < group.texts(); ++b) {
      const std::span<float> vector = out.subspan((first + b) * hidden, hidden);
      layers_->mean(config_.pooling == Pooling::kCls ? 1 : group.tokens(b),
                    buffers.x.data() + group.first_row(b) * hidden, vector);
      if (config_.normalize) kernels::l2_normalize(vector);
    }
    first += group.texts();
  }
}

void BertEncoder::hidden_states(const PackedTokens& tokens, Workspace& workspace,
                                std::span<float> out) const {
  check(tokens);
  SEMEME_CHECK(out.size() == tokens.ids.size() * config_.hidden);
  for (std::size_t first = 0; first < tokens.batch();) {
    const TextGroup group = group_from(tokens, first);
    run_group(tokens, group, workspace.buffers(),
              out.data() + tokens.starts[first] * config_.hidden);
    first += group.texts();
  }
}

}  // namespace sememe::model
