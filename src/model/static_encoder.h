// Static models: a text's vector is the mean of its tokens' rows in one table.
//
// The table is read where it lies in the mapped file, whatever its type: f32, f16, bf16 or 8-bit.
// Vectors depend on nothing but the text's ids, in their order, and are the same bits on every
// instruction tier. Immutable after loading.
//
// Source: MinishLab, "Model2Vec" (2024); StaticEmbedding of sentence-transformers.
#ifndef SEMEME_MODEL_STATIC_ENCODER_H_
#define SEMEME_MODEL_STATIC_ENCODER_H_

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/gather.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "vectors/safetensors.h"

namespace sememe::model {

class StaticEncoder final : public Encoder {
 public:
  /// Takes the tensor "embeddings" or "embedding.weight" [rows, dim], and when they are there
  /// "mapping" [vocabulary], the row of each token, and "weights" [vocabulary], what each token's
  /// row is multiplied by. Throws Error(kCorrupt) where they contradict each other,
  /// Error(kUnsupported) for another element type.
  StaticEncoder(const ModelConfig& config, vectors::SafetensorsFile file, Isa isa = active_isa());

  const EncoderInfo& info() const override { return info_; }
  /// A text may have no tokens; its vector is zero, also when vectors are normalised.
  void encode(const PackedTokens& tokens, Workspace& workspace,
              std::span<float> out) const override;
  /// The rows that encode takes the mean of.
  void hidden_states(const PackedTokens& tokens, Workspace& workspace,
                     std::span<float> out) const override;

 private:
  void load_table();
  void load_mapping();
  void load_weights();
  /// encode for one text of any length.
  void encode_text(std::span<const TokenId> ids, Workspace::Buffers& buffers,
                   std::span<float> out) const;

  vectors::SafetensorsFile file_;
  Isa isa_;
  EncoderInfo info_;
  kernels::RowTable table_;
  std::vector<float> owned_table_;  // of a type that kernels do not read
  std::vector<TokenId> mapping_;    // [V], or none
  std::vector<float> weights_;      // [V], or none
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_STATIC_ENCODER_H_
