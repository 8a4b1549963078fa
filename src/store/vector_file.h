// The vector file: a header of 64 bytes, then rows of `dim` little-endian floats (f32), row r at
// byte 64 + r * dim * 4. Byte table and a worked example: docs/formats/store.md.
//
// The file knows nothing of commits: which rows exist, and their checksums, stands in the database
// as extents. Whoever writes here appends, syncs, and only then commits the extents.
#ifndef SEMEME_STORE_VECTOR_FILE_H_
#define SEMEME_STORE_VECTOR_FILE_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"

namespace sememe::store {

static_assert(std::endian::native == std::endian::little,
              "rows are mapped as they lie in the file");

inline constexpr std::size_t kVectorHeaderBytes = 64;
/// Rows of one write are cut into extents of about this size: one flipped byte then loses at most
/// 2,730 rows of 384 floats.
inline constexpr std::size_t kMaxExtentBytes = std::size_t{4} << 20;

/// What tells one vector file from another.
struct VectorFileName {
  std::int64_t number = 0;
  std::size_t dim = 0;
};

/// [first, first + rows) of the live file, and the XXH3-64 of their bytes.
struct Extent {
  std::int64_t first = 0;
  std::int64_t rows = 0;
  std::uint64_t checksum = 0;
};

/// "vectors-000001.f32".
std::string vector_file_name(std::int64_t number);
/// Whether `name` has that form.
bool is_vector_file_name(std::string_view name);

std::array<std::byte, kVectorHeaderBytes> encode_vector_header(const VectorFileName& name);
/// Error(kCorrupt) with what was expected and found, unless `bytes` begin with the header of
/// `name`; `path` for the message.
void check_vector_header(std::span<const std::byte> bytes, const VectorFileName& name,
                         const Path& path);

/// The operations that change vector files, apart so that a test can refuse one or stop there.
class FileLayer {
 public:
  virtual ~FileLayer() = default;
  virtual void write(const FileHandle& file, const Path& path, std::uint64_t offset,
                     std::span<const std::byte> bytes);
  virtual void sync(const FileHandle& file, const Path& path);
  virtual void truncate(const FileHandle& file, const Path& path, std::uint64_t size);
  virtual void sync_directory(const Path& directory);
  virtual void unlink(const Path& path);

  /// The real one.
  static FileLayer& system();
};

/// A vector file being read, mapped.
class VectorFileReader {
 public:
  /// Error(kNotFound) when it is missing.
  VectorFileReader(const Path& directory, const VectorFileName& name);
  /// Error(kCorrupt) for a header that is not that of `name`.
  void check_header() const;

  const Path& path() const { return path_; }
  /// Bytes of an extent. Error(kCorrupt) when they reach past the end of the file.
  std::span<const std::byte> bytes(const Extent& extent) const;
  /// Error(kCorrupt), naming rows and byte offset, unless the bytes have the extent's checksum.
  void check(const Extent& extent) const;
  /// [dim] of one row of an extent that was checked.
  std::span<const float> row(std::int64_t row) const;
  std::uint64_t size_bytes() const { return map_.bytes().size(); }
  MappedFile take_map() && { return std::move(map_); }

 private:
  Path path_;
  VectorFileName name_;
  MappedFile map_;
};

/// A vector file being written, from `end()` on.
class VectorFileWriter {
 public:
  /// A new file with its header, synced, its name synced too. What stood there is gone.
  static VectorFileWriter create(const Path& directory, const VectorFileName& name,
                                 FileLayer& layer);
  /// Opens an existing file to append after row `end`; cuts off what lies behind it.
  static VectorFileWriter open(const Path& directory, const VectorFileName& name, std::int64_t end,
                               FileLayer& layer);

  std::int64_t number() const { return name_.number; }
  std::int64_t end() const { return end_; }
  /// Adds a row behind the last one; written when enough are gathered.
  void append(std::span<const float> row);
  /// Writes what is gathered, waits until the disk has it, and returns the extents of all rows
  /// appended since the last flush.
  std::vector<Extent> flush();
  /// Forgets all rows from `end` on, on disk too.
  void cut(std::int64_t end);

 private:
  VectorFileWriter(Path path, const VectorFileName& name, FileLayer& layer)
      : path_(std::move(path)), name_(name), layer_(&layer) {}
  std::uint64_t offset(std::int64_t row) const;
  void write_gathered();

  Path path_;
  VectorFileName name_;
  FileLayer* layer_;
  FileHandle file_;
  std::int64_t end_ = 0;
  std::vector<std::byte> gathered_;
  std::vector<Extent> extents_;
};

}  // namespace sememe::store

#endif  // SEMEME_STORE_VECTOR_FILE_H_
