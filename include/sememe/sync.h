// Files to a collection: walks directories, splits what it finds into passages, stores what
// changed, drops what went.
#ifndef SEMEME_SYNC_H_
#define SEMEME_SYNC_H_

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "sememe/collection.h"
#include "sememe/export.h"

namespace sememe {

enum class InvalidUtf8 {
  kSkip,     ///< the file fails, with the offset of its first bad byte
  kReplace,  ///< each bad byte sequence reads as U+FFFD in the passage's vector; stored offsets
             ///< stay true
};

struct SyncOptions {
  /// Names in the collection are relative to this directory; files outside keep their absolute
  /// path.
  std::string base_directory;
  bool ignore_files = true;  ///< honour .gitignore, .ignore and .git/info/exclude
  bool hidden = false;       ///< also files and directories whose name begins with a dot
  bool dry_run = false;      ///< decide everything, change nothing
  InvalidUtf8 invalid_utf8 = InvalidUtf8::kSkip;
  std::uint64_t max_file_bytes = std::uint64_t{16} << 20;
  /// Passages are at most this many tokens, special ones and heading included; 0: the model's
  /// limit.
  std::size_t max_passage_tokens = 0;
};

/// One file that was not indexed, and why.
struct SkippedFile {
  std::string path;
  /// "ignored", "hidden", "binary", "too large", "not a regular file", "empty", "unsupported
  /// format"
  std::string reason;
  std::string detail;  ///< for people: sizes, offsets, the ignore file that said so
};
/// One file that should have been indexed but could not be.
struct FailedFile {
  std::string path;
  std::string message;
};

struct SyncProgress {
  std::size_t files_seen = 0;
  std::size_t files_total = 0;  ///< 0 while walking
  std::size_t passages_embedded = 0;
  std::size_t tokens_embedded = 0;
};

struct SyncReport {
  std::size_t added = 0;  ///< files
  std::size_t updated = 0;
  std::size_t unchanged = 0;
  std::size_t removed = 0;
  std::vector<SkippedFile> skipped;
  std::vector<FailedFile> failed;  ///< an earlier version of such a file stays in the collection
  PutReport passages;
  std::size_t repaired = 0;
};

/// Makes the collection equal to what is under `roots` (files or directories); documents elsewhere
/// are left alone. Work is committed every few hundred passages, so a run that is killed goes on
/// where it stopped.
SEMEME_API SyncReport sync(Collection& collection, std::span<const std::string> roots,
                           const SyncOptions& options,
                           const std::function<void(const SyncProgress&)>& progress = {});

}  // namespace sememe

#endif  // SEMEME_SYNC_H_
