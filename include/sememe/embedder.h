// Text to vectors: a tokenizer and an encoder of one published model.
//
//   sememe::Embedder embedder = sememe::Embedder::open("all-minilm-l6-v2");
//   sememe::Embeddings two = embedder.embed_batch(texts);        // two.vectors.row(0) is a unit
//   vector
//
// The same text gives the same vector, bit for bit: alone, in any batch, in any order, with any
// number of threads; in the precisions near and fast on any processor too.
#ifndef SEMEME_EMBEDDER_H_
#define SEMEME_EMBEDDER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/export.h"
#include "sememe/tokenizer.h"
#include "sememe/types.h"

namespace sememe {

/// The model that is used when none is named.
inline constexpr std::string_view kDefaultModel = "all-minilm-l6-v2";

/// The precision that is used when none is named: the fastest one that keeps the quality of exact
/// (docs/decisions/0007-precision.md).
inline constexpr Precision kDefaultPrecision = Precision::kFast;

/// What a text is for. Models that were trained with a prefix for queries or documents get it from
/// their own config_sentence_transformers.json ("prompts"); the others get the text as it is.
enum class TextRole { kPlain, kQuery, kDocument };

struct EmbedderOptions {
  std::size_t threads = 0;  ///< 0: as many as this process may use
  /// Vectors of two precisions are close, but only equal ones should be compared or stored
  /// together. Models without layers (static ones) are exact whatever stands here: see
  /// ModelInfo::precision.
  Precision precision = kDefaultPrecision;
};

struct EmbedOptions {
  TextRole role = TextRole::kPlain;
  /// Called now and then with the number of texts done so far, from the calling thread or a worker,
  /// never twice at a time.
  std::function<void(std::size_t done)> progress;
};

/// The result for N texts, in input order.
struct Embeddings {
  Matrix vectors;                   ///< [N, dim]
  std::vector<std::size_t> tokens;  ///< [N], tokens that went into the model
  std::vector<std::size_t>
      token_counts;  ///< [N], tokens of the whole text; larger than `tokens` where it was cut

  std::size_t truncated_count() const;
};

/// What `sememe model show` prints.
struct ModelInfo {
  std::string name;  ///< of an installed model, else its absolute directory
  std::string directory;
  std::string architecture;  ///< "bert"
  std::string fingerprint;   ///< changes when anything that could change a vector changes
  Precision precision = kDefaultPrecision;  ///< in which this embedder computes
  std::string pooling;                      ///< "mean" or "cls"
  bool normalized = false;
  std::size_t dim = 0;
  std::size_t max_tokens = 0;
  std::size_t vocabulary_size = 0;
  std::size_t layers = 0;
  std::size_t hidden = 0;
  std::size_t heads = 0;
  std::size_t intermediate = 0;
  std::size_t parameters = 0;
  std::string weights_type;  ///< "f32", "f16" or "bf16", as stored
};

class SEMEME_API Embedder {
 public:
  /// model: the name of an installed model, or a sentence-transformers directory. Throws
  /// Error(kNotFound) with the command that gets it, Error(kCorrupt) for damaged files,
  /// Error(kUnsupported) for an architecture or module that this version has not.
  static Embedder open(const std::string& model, const EmbedderOptions& options = {});

  Embedder(Embedder&&) noexcept;
  Embedder& operator=(Embedder&&) noexcept;
  ~Embedder();

  const ModelInfo& info() const;
  std::size_t dim() const { return info().dim; }
  const Tokenizer& tokenizer() const;

  /// texts: valid UTF-8, any length; longer ones than info().max_tokens are cut and reported. The
  /// empty text has a vector too. Cost: about 2 x parameters operations a token. One call at a
  /// time.
  Embeddings embed_batch(std::span<const std::string_view> texts,
                         const EmbedOptions& options = {}) const;
  /// embed_batch of one text.
  std::vector<float> embed(std::string_view text, const EmbedOptions& options = {}) const;

  /// The prefix that `role` puts before a text; empty for most models.
  std::string_view prompt(TextRole role) const;

 private:
  struct Impl;
  explicit Embedder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sememe

#endif  // SEMEME_EMBEDDER_H_
