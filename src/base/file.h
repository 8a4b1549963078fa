// Files as the rest of sememe sees them: whole reads with a limit, read-only maps, atomic
// replacement, durable appends.
//
// Every function throws Error(kIo) with the call, the path and the system's own words, or
// Error(kNotFound) when the path does not exist. Nothing here follows a policy; callers decide what
// a missing file means.
#ifndef SEMEME_BASE_FILE_H_
#define SEMEME_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace sememe {

using Path = std::filesystem::path;

/// An open file descriptor, closed when it goes.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();
  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// open(2) with O_CLOEXEC; `flags` and `mode` as there.
FileHandle open_file(const Path& path, int flags, unsigned mode = 0644);

/// What stat(2) says of a regular file, at one moment.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
FileStamp file_stamp(const Path& path);
FileStamp file_stamp(const FileHandle& file, const Path& path);

/// The whole file. Throws Error(kLimit) when it is larger than `max_bytes`, without reading it.
std::string read_file(const Path& path, std::uint64_t max_bytes = std::uint64_t{1} << 32);

/// rename(2): what was at `to` is replaced in one step.
void rename_file(const Path& from, const Path& to);

/// Replaces `path` in one step: writes a temporary neighbour, syncs it, renames it, syncs the
/// directory.
void write_file_atomic(const Path& path, std::string_view bytes);

/// Replaces a file piece by piece: writes a temporary neighbour, which finish() syncs and renames.
/// One that is not finished is removed.
class FileWriter {
 public:
  explicit FileWriter(Path path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  /// Buffered.
  void append(std::string_view bytes);
  void append(std::span<const std::byte> bytes);
  /// In place of bytes that were appended before.
  void overwrite(std::uint64_t offset, std::string_view bytes);
  void finish();

 private:
  void write_out();

  Path path_;
  Path temporary_;
  FileHandle file_;
  std::string buffer_;
  bool finished_ = false;
};

/// Writes all bytes or throws; a full disk is Error(kIo) that names the path.
void write_all(const FileHandle& file, const Path& path, std::span<const std::byte> bytes);
/// The same for pieces one after the other, by writev(2): Linux then gathers whole blocks of 2 MiB,
/// which maps of the file can have as huge pages.
void write_all(const FileHandle& file, const Path& path,
               std::span<const std::span<const std::byte>> pieces);
/// fdatasync(2).
void sync_file(const FileHandle& file, const Path& path);
/// fsync(2) on a directory, so that created and renamed names in it last.
void sync_directory(const Path& directory);

/// A read-only private map of a whole file. An empty file maps to an empty span.
class MappedFile {
 public:
  MappedFile() = default;
  static MappedFile open(const Path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sememe

#endif  // SEMEME_BASE_FILE_H_
