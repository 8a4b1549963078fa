// BERT encoders in f32, for packed batches without padding.
//
// encode() cuts the batch into groups of whole texts of about kGroupTokens tokens and takes each
// group through all layers, so that its activations stay in the L2 and L3 caches while the weights
// stream past once per group. Within a layer the products run over all rows of the group, attention
// runs per text, and the feed-forward part runs per block of rows, so that its wide hidden layer
// stays in L2. No product, norm or attention row depends on other texts, so neither does a vector.
//
// Source: Devlin et al. 2018, "BERT"; post-norm layers as in the Hugging Face implementation.
#ifndef SEMEME_MODEL_BERT_H_
#define SEMEME_MODEL_BERT_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/gemm.h"
#include "kernels/layer_norm.h"
#include "model/encoder.h"
#include "model/safetensors.h"
#include "model/sentence_transformers.h"

namespace sememe::model {

/// gamma and beta, owned.
struct NormWeights {
  std::vector<float> gamma;
  std::vector<float> beta;
};

struct BertLayer {
  kernels::PackedWeights qkv;  ///< queries, keys, values: [3 H, H]
  kernels::PackedWeights attention_output;
  NormWeights attention_norm;
  kernels::PackedWeights up;    ///< [I, H]
  kernels::PackedWeights down;  ///< [H, I]
  NormWeights output_norm;
};

class BertEncoder final : public Encoder {
 public:
  /// Checks that every tensor is there with its shape, and packs the weights for `isa`, layers in
  /// parallel. An f32 word table stays in the file's map.
  BertEncoder(ModelConfig config, SafetensorsFile file, Isa isa = active_isa());

  const EncoderInfo& info() const override { return info_; }
  void encode(const PackedTokens& tokens, Workspace& workspace,
              std::span<float> out) const override;
  void hidden_states(const PackedTokens& tokens, Workspace& workspace,
                     std::span<float> out) const override;

 private:
  void load_embeddings();
  void load_layers();
  void fill_info();
  void check(const PackedTokens& tokens) const;
  /// Embeds the texts first .. last of the batch and runs all layers; x receives their rows.
  void run_group(const PackedTokens& tokens, std::size_t first, std::size_t last,
                 Workspace::Buffers& buffers, float* x) const;
  void embed(const PackedTokens& tokens, std::size_t first, std::size_t last, float* x) const;
  void attend(const BertLayer& layer, const PackedTokens& tokens, std::size_t first,
              std::size_t last, Workspace::Buffers& buffers, float* x) const;
  void feed_forward(const BertLayer& layer, std::size_t rows, Workspace::Buffers& buffers,
                    float* x) const;
  kernels::LayerNorm norm(const NormWeights& weights) const;

  ModelConfig config_;
  SafetensorsFile file_;
  Isa isa_;
  EncoderInfo info_;
  std::span<const float> words_;  // [V, H], in the file or in owned_words_
  kernels::AlignedFloats owned_words_;
  std::vector<float> positions_;   // [P, H]
  std::vector<float> token_type_;  // [H], of type 0
  NormWeights embedding_norm_;
  std::vector<BertLayer> layers_;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_BERT_H_
