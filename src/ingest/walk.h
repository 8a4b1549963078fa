// Which files a sync looks at: a sorted walk over the roots.
//
// The order is that of the names' bytes, so that two walks over the same tree give the same list.
// Nothing is opened but directories and ignore files: pipes and devices cannot make a walk hang,
// and a file is judged by what lstat says. Symbolic links in directories are not followed; a root
// may be one.
#ifndef SEMEME_INGEST_WALK_H_
#define SEMEME_INGEST_WALK_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "sememe/sync.h"

namespace sememe::ingest {

enum class HiddenFiles { kSkip, kTake };
enum class IgnoreFiles { kObey, kDisregard };

struct WalkOptions {
  HiddenFiles hidden = HiddenFiles::kSkip;
  IgnoreFiles ignore_files = IgnoreFiles::kObey;
  std::uint64_t max_file_bytes = std::uint64_t{16} << 20;
};

/// A regular file that is worth reading.
struct FoundFile {
  std::string path;  ///< absolute, lexically normal
  FileStamp stamp;   ///< at the time of the walk
};

struct WalkResult {
  std::vector<FoundFile> files;  ///< by path, each once, even when roots overlap
  std::vector<SkippedFile> skipped;
  /// What the system refused. A directory among them stands for everything below it.
  std::vector<FailedFile> failed;
};

/// An absolute path without "." and "..", and without a slash at its end.
std::string normal_path(const std::string& path);
/// Whether `path` is `directory` or lies below it; both normal.
bool is_within(std::string_view path, std::string_view directory);

/// roots: files or directories; a root that is a file is taken even if it is hidden or ignored.
/// An ignored or hidden directory is one entry of `skipped`, its content is not looked at. ".git"
/// and ".sememe" directories are passed over without a word.
/// Throws Error(kNotFound) for a root that does not exist.
WalkResult walk(std::span<const std::string> roots, const WalkOptions& options);

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_WALK_H_
