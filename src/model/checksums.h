// Checksums of model files, remembered between runs.
//
// A checksum of 90 MB costs tens of milliseconds, too much for every start. One JSON file keeps the
// checksums by path, size and modification time; a file that differs in any of them is read again.
// A file that was changed within the last two seconds is never remembered: it could change once
// more without a new time stamp.
#ifndef SEMEME_MODEL_CHECKSUMS_H_
#define SEMEME_MODEL_CHECKSUMS_H_

#include <span>
#include <string>

#include "base/file.h"
#include "base/json.h"

namespace sememe::model {

class ChecksumCache {
 public:
  /// A cache file that is missing, unreadable or damaged counts as empty. Never throws for it. An
  /// empty path: nothing is remembered.
  explicit ChecksumCache(Path file);
  /// Writes new entries back in one step; a cache that cannot be written is ignored.
  ~ChecksumCache();
  ChecksumCache(const ChecksumCache&) = delete;
  ChecksumCache& operator=(const ChecksumCache&) = delete;

  /// XXH3 (128 bits) as hex digits. Throws Error(kNotFound, kIo) for the file itself.
  std::string xxh3(const Path& file);
  /// SHA-256 as hex digits.
  std::string sha256(const Path& file);

 private:
  std::string checksum(const Path& file, const char* kind);

  Path cache_file_;
  Json entries_;
  bool changed_ = false;
};

/// $SEMEME_HOME/cache, or an empty path when SEMEME_CACHE is "off". Throws Error(kInvalidArgument)
/// when it is neither "on" nor "off", and as sememe_home().
Path cache_folder();
/// checksums.json there.
Path checksum_cache_file();

/// Identity of everything in the model directory that can change a vector: configuration,
/// tokenizer, modules and weights. 32 hex digits, the same for equal files wherever they lie.
/// Throws as read_model_config. Cost: some file stats when nothing has changed.
std::string model_fingerprint(const Path& directory);
/// The same with a cache of the caller's.
std::string model_fingerprint(const Path& directory, ChecksumCache& cache);
/// The same with ModelConfig::config_files.
std::string model_fingerprint(const Path& directory, std::span<const std::string> files,
                              ChecksumCache& cache);

}  // namespace sememe::model

#endif  // SEMEME_MODEL_CHECKSUMS_H_
