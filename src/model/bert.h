// BERT encoders for packed batches without padding, in three precisions.
//
// encode() cuts the batch into groups of whole texts and takes each group through all layers
// (bert_layers.h), so that its activations stay in the L2 and L3 caches while the weights stream
// past once per group. Within a layer the products run over all rows of the group, attention runs
// per text, and the feed-forward part runs per block of rows, so that its wide hidden layer stays
// in L2. No product, norm or attention row depends on other texts, so neither does a vector.
//
// Source: Devlin et al. 2018, "BERT"; post-norm layers as in the Hugging Face implementation.
#ifndef SEMEME_MODEL_BERT_H_
#define SEMEME_MODEL_BERT_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "model/bert_layers.h"
#include "model/encoder.h"
#include "model/packed_cache.h"
#include "model/sentence_transformers.h"
#include "vectors/safetensors.h"

namespace sememe::model {

class BertEncoder final : public Encoder {
 public:
  /// Checks that every tensor is there with its shape, and takes the weights for the precision and
  /// `isa` from the cache or packs them, layers in parallel. An f32 word table stays in the file's
  /// map.
  BertEncoder(ModelConfig config, vectors::SafetensorsFile file, Precision precision,
              Isa isa = active_isa(), const PackedCache& cache = {});

  const EncoderInfo& info() const override { return info_; }
  void encode(const PackedTokens& tokens, Workspace& workspace,
              std::span<float> out) const override;
  void hidden_states(const PackedTokens& tokens, Workspace& workspace,
                     std::span<float> out) const override;

 private:
  void load_embeddings();
  void fill_info(Precision precision);
  void check(const PackedTokens& tokens) const;
  TextGroup group_from(const PackedTokens& tokens, std::size_t first) const;
  /// Embeds the texts of the group and runs all layers; x receives their rows.
  void run_group(const PackedTokens& tokens, const TextGroup& group, Workspace::Buffers& buffers,
                 float* x) const;
  /// The sums of embeddings of one text.
  void embed(std::span<const TokenId> ids, float* x) const;

  ModelConfig config_;
  vectors::SafetensorsFile file_;
  Isa isa_;
  EncoderInfo info_;
  std::span<const float> words_;  // [V, H], in the file or in owned_words_
  kernels::AlignedFloats owned_words_;
  std::vector<float> positions_;   // [P, H]
  std::vector<float> token_type_;  // [H], of type 0
  std::unique_ptr<BertLayers> layers_;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_BERT_H_
