// Token ids to one vector per text: the border of the model folder.
//
// A batch is packed: the tokens of all texts stand one after the other without padding, and
// `starts` says where each text begins. Products run over all tokens at once, attention runs per
// text. Every reduction has an order that depends only on the text itself, so a text's vector does
// not depend on what else is in the batch.
#ifndef SEMEME_MODEL_ENCODER_H_
#define SEMEME_MODEL_ENCODER_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/file.h"
#include "sememe/types.h"

namespace sememe::model {

/// B texts, T tokens in all.
struct PackedTokens {
  std::span<const TokenId> ids;         ///< [T]
  std::span<const std::size_t> starts;  ///< [B + 1]: text b is ids[starts[b]] .. ids[starts[b + 1]]
  std::size_t batch() const { return starts.size() - 1; }
};

/// What a model directory says of itself.
struct EncoderInfo {
  std::string architecture;  ///< "bert" or "static"
  std::string pooling;       ///< "mean" or "cls"
  std::string weights_type;  ///< "f32", "f16", "bf16", of a static model also "i8", as stored
  Precision precision = Precision::kExact;
  bool normalized = false;
  std::size_t dim = 0;         ///< of the result
  std::size_t max_tokens = 0;  ///< ModelConfig's
  std::size_t vocabulary_size = 0;
  std::size_t layers = 0;
  std::size_t hidden = 0;
  std::size_t heads = 0;
  std::size_t intermediate = 0;
  std::size_t parameters = 0;
};

/// Scratch memory of one thread; grows to the largest batch it has seen, and no further than that
/// needs.
class Workspace {
 public:
  Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();
  struct Buffers;
  Buffers& buffers() { return *buffers_; }

 private:
  std::unique_ptr<Buffers> buffers_;
};

struct LoadOptions {
  Precision precision = Precision::kExact;
};

/// Immutable after loading; encode may run in several threads, each with its own Workspace.
class Encoder {
 public:
  /// directory: a sentence-transformers or plain Hugging Face directory (config.json,
  /// model.safetensors, optionally modules.json with pooling and normalise modules,
  /// sentence_bert_config.json), or one of a static model (static_config.h), which has one
  /// precision only, exact. Throws Error: kNotFound for a missing file, kCorrupt for one that
  /// contradicts itself, kUnsupported for what this version cannot run.
  static std::unique_ptr<Encoder> load(const Path& directory, const LoadOptions& options = {});
  virtual ~Encoder() = default;

  virtual const EncoderInfo& info() const = 0;
  /// out: [B, dim]. ids must be below vocabulary_size, each text 1 to max position tokens long
  /// (of a static model any number, 0 too): SEMEME_CHECKed.
  virtual void encode(const PackedTokens& tokens, Workspace& workspace,
                      std::span<float> out) const = 0;
  /// The last layer's states before pooling, out: [T, hidden]. For tests and inspection.
  virtual void hidden_states(const PackedTokens& tokens, Workspace& workspace,
                             std::span<float> out) const = 0;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_ENCODER_H_
