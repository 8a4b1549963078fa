// What the JSON files of a model directory say: config.json, modules.json in both dialects, the
// pooling module, limits and prompts.
#ifndef SEMEME_MODEL_SENTENCE_TRANSFORMERS_H_
#define SEMEME_MODEL_SENTENCE_TRANSFORMERS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sememe::model {

enum class Pooling { kMean, kCls };
/// "mean", "cls".
std::string_view pooling_word(Pooling pooling);

enum class Architecture { kBert, kStatic };

/// How a static model takes a text; see static_config.h.
struct StaticReading {
  bool drop_unknown = false;  ///< unknown tokens do not count
  /// A text is cut at max_tokens times the median length of a token, in characters, before it is
  /// tokenized.
  bool cut_characters = false;
};

struct ModelConfig {
  Architecture architecture = Architecture::kBert;
  StaticReading reading;  ///< of a static model, which leaves the sizes that follow at 0
  std::size_t vocabulary_size = 0;
  std::size_t hidden = 0;
  std::size_t layers = 0;
  std::size_t heads = 0;
  std::size_t intermediate = 0;
  std::size_t max_positions = 0;
  std::size_t type_vocabulary_size = 0;
  double layer_norm_epsilon = 1e-12;
  /// max_seq_length, or the tokenizer's model_max_length; at most max_positions. Of a static model:
  /// its own limit, kUnlimitedTokens when it has none.
  std::size_t max_tokens = 0;
  Pooling pooling = Pooling::kMean;
  bool normalize = false;
  std::string query_prompt;     ///< put before a query's text; usually empty
  std::string document_prompt;  ///< the same for a stored text
  Path transformer_directory;   ///< where config.json and model.safetensors lie
  Path tokenizer_file;          ///< beside them, else at the top
  /// Every file that was read or could be, relative to the model directory, in a fixed order.
  std::vector<std::string> config_files;
};

inline constexpr std::size_t kUnlimitedTokens = std::size_t{1} << 24;

/// Reads a directory. Without modules.json: mean pooling, not normalised. Throws Error:
/// kNotFound for a missing file, kCorrupt for one that contradicts itself, kUnsupported for
/// another architecture, activation, module or pooling, by name.
ModelConfig read_model_config(const Path& directory);

}  // namespace sememe::model

#endif  // SEMEME_MODEL_SENTENCE_TRANSFORMERS_H_
