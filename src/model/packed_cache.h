// Packed weights kept between starts: what the layers of one precision make of a model's weights.
//
// The layers look into a mapped file (packed_file.h). One that is missing, of another version or
// damaged counts as absent; the layers then pack the weights, and the file is made again. Decision
// 0008 says why it is so.
#ifndef SEMEME_MODEL_PACKED_CACHE_H_
#define SEMEME_MODEL_PACKED_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/packed_file.h"
#include "model/sentence_transformers.h"

namespace sememe::model {

/// The files of one model in the cache folder, for one load. Nothing here fails because of the
/// cache: what cannot be read is absent, what cannot be written is not kept.
class PackedCache {
 public:
  /// Finds and keeps nothing.
  PackedCache() = default;
  /// folder: $SEMEME_HOME/cache. To be made before the weights are opened: what was packed is kept
  /// only when the model's fingerprint is the same before and after. Throws as model_fingerprint.
  PackedCache(Path folder, Path model, const ModelConfig& config);

  /// That of a model directory in cache_folder(); one that keeps nothing when the folder is
  /// switched off or the model has less than a million weights in its layers.
  static PackedCache of_model(const Path& model, const ModelConfig& config);

  /// kind: precision and layout, "fast-int8". sizes: bytes of each section. Damage is told on
  /// stderr.
  std::optional<PackedFile> find(std::string_view kind, std::span<const std::size_t> sizes) const;
  /// Writes a file for next time, then removes files that nothing has used for kUnusedDays and, the
  /// longest unused first, those that make more than kCacheBytes together.
  void keep(std::string_view kind, std::span<const Section> sections) const;

  static constexpr int kUnusedDays = 30;
  static constexpr std::uint64_t kCacheBytes = std::uint64_t{2} << 30;

 private:
  std::string fingerprint_now() const;
  std::string key(std::string_view kind) const;
  Path file(std::string_view kind) const;

  Path folder_;
  Path model_;
  std::vector<std::string> config_files_;
  std::string fingerprint_;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_PACKED_CACHE_H_
