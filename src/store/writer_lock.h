// The one writer of a store: an exclusive flock on writer.lock, held as long as the object lives.
//
// The lock belongs to the open file, so it ends with the process, however that ends, and two
// holders within one process exclude each other too. What the file says (process id, start time)
// serves messages only.
#ifndef SEMEME_STORE_WRITER_LOCK_H_
#define SEMEME_STORE_WRITER_LOCK_H_

#include <optional>

#include "base/file.h"

namespace sememe::store {

class WriterLock {
 public:
  /// Error(kConflict) "is being written by process 1234 (started 2026-01-31 12:00:00 UTC)" when it
  /// is held.
  static WriterLock take(const Path& directory);
  /// A shared lock for a moment in which no writer may start, or nothing when one is at work. It
  /// needs no right to write.
  static std::optional<WriterLock> probe(const Path& directory);

 private:
  explicit WriterLock(FileHandle file) : file_(std::move(file)) {}
  FileHandle file_;
};

/// Error(kUnsupported) when `directory` is on NFS or SMB: SQLite's WAL needs memory shared by all
/// who have the file open.
void refuse_network_file_system(const Path& directory);
/// The same for a type as statfs(2) gives it; empty for a local one.
std::string_view network_file_system_name(long type);

}  // namespace sememe::store

#endif  // SEMEME_STORE_WRITER_LOCK_H_
