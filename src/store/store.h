// The durable half of a collection: one directory that holds a SQLite database and one live vector
// file.
//
//   store.sqlite        documents, passages, extents of the vector file, the manifest: the truth
//   vectors-NNNNNN.f32  rows of `dim` floats, appended, never overwritten (docs/formats/store.md)
//   vectors-NNNNNN-ROWS.graph  a segment: an index over the first ROWS of those; derived data
//   writer.lock         held (flock) by the one writer; holds its process id
//
// A write is: append rows -> fdatasync -> one SQLite commit (synchronous=FULL) that names the
// extent of rows with its checksum. What the commit does not name does not exist: a tail left by a
// killed writer is cut off by the next one. Readers never write: they see the last commit, and each
// read below is one SQLite read transaction.
//
// Not thread-safe; one Store per thread.
#ifndef SEMEME_STORE_STORE_H_
#define SEMEME_STORE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "sememe/types.h"

namespace sememe::store {

/// What a store was made with; fixed at creation.
struct Identity {
  std::string model;        ///< name or directory, for messages and as the default of later runs
  std::string fingerprint;  ///< of the model; vectors of two fingerprints never meet in one store
  std::size_t dim = 0;
  Precision precision = Precision::kExact;  ///< of the vectors
  std::size_t passage_form = 1;             ///< numbers what was made of a passage for the model
};

/// Place of a vector: a row of the live vector file.
enum class VectorRow : std::int64_t {};

struct DocumentRow {
  std::string path;
  std::string content_hash;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
};

struct ChunkRow {
  ByteRange bytes;
  std::size_t line = 0;
  std::size_t end_line = 0;
  std::string heading;
  std::string text;
  std::string vector_key;  ///< hash of what the vector was made from; equal keys share one vector
};

/// A chunk to be written. `vector` is empty when `vector_key` is in the store already (find_vector)
/// or stands earlier in the same write; otherwise it has `dim` floats.
struct NewChunk {
  ChunkRow row;
  std::span<const float> vector;
};
struct NewDocument {
  DocumentRow row;
  std::vector<NewChunk> chunks;
};

/// A chunk as read back.
struct StoredChunk {
  ChunkId id;
  std::string path;
  ChunkRow row;
};

/// An index over rows [0, rows) of the live vector file, in a file of its own. It is derived data:
/// the store names it, others write and read it, and nothing is lost with it.
struct Segment {
  Path path;
  std::size_t rows = 0;
  std::string key;  ///< identifies the rows by their checksums; in the file too
};

/// All live vectors at one commit.
struct LiveVectors {
  std::uint64_t commit = 0;
  MappedFile map;                  ///< keeps `vectors` valid
  MatrixView vectors;              ///< [rows of the file, dim], also those that no chunk uses
  std::vector<ChunkId> chunk_ids;  ///< [live chunks], ascending
  std::vector<VectorRow> rows;     ///< [live chunks], the row of each; several chunks may share one
};

/// The vectors of a commit that names a segment, for searches by it.
struct SealedVectors {
  std::uint64_t commit = 0;
  MappedFile map;      ///< keeps `vectors` valid
  MatrixView vectors;  ///< [rows of the file, dim], also those that no chunk uses
  Segment segment;     ///< its file is not looked at
};

/// A chunk that uses a row.
struct ChunkOfRow {
  VectorRow row;
  ChunkId chunk;
};

struct Counts {
  std::size_t documents = 0;
  std::size_t chunks = 0;
  std::size_t vectors_used = 0;
  std::size_t vectors_unused = 0;
  std::uint64_t commit = 0;
  std::uint64_t database_bytes = 0;
  std::uint64_t vector_bytes = 0;
  std::size_t sealed_rows = 0;      ///< of the segment; 0: there is none
  std::uint64_t segment_bytes = 0;  ///< 0 also when its file is missing
};

class Store {
 public:
  /// Whether `directory` holds a store, of whatever format.
  static bool exists(const Path& directory);
  /// For reading. Error(kNotFound) when `directory` holds no store, Error(kUnsupported) for a newer
  /// format.
  static Store open(const Path& directory);
  /// For writing. Creates the store with `identity` when there is none; an existing one keeps its
  /// own identity, which the caller compares. Takes the writer lock: Error(kConflict) naming the
  /// holder's process id when it is held. Finds damage: a vector file that is missing, cut or fails
  /// a checksum loses its bad extents here, and the chunks that used them are listed by
  /// chunks_without_vector().
  static Store open_for_writing(const Path& directory, const Identity& identity);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  const Identity& identity() const;
  const Path& directory() const;
  std::vector<DocumentRow> documents() const;  ///< by path
  Counts counts() const;
  std::uint64_t commit() const;  ///< number of the last commit, a few microseconds: has it changed?
  StoredChunk chunk(ChunkId id) const;  ///< Error(kNotFound)
  /// Maps the vector file and checks every extent that the commit names (about 10 GB/s).
  /// Error(kCorrupt) names the file, the offset and "sememe index", which mends it.
  LiveVectors live_vectors() const;
  /// The same where a segment is named; else nothing. The rows under it are not compared with their
  /// checksums: whoever reads one checks it.
  std::optional<SealedVectors> sealed_vectors() const;
  /// All chunks that use one of the rows of that commit, ordered by row, then chunk; nothing when
  /// it is not the last one any more. Cost: a few microseconds a row, or a pass over all vectors
  /// where no writer has made the index of rows yet.
  std::optional<std::vector<ChunkOfRow>> chunks_of(std::uint64_t commit,
                                                   std::span<const VectorRow> rows) const;
  /// Whether a vector of this key is stored.
  bool has_vector(std::string_view vector_key) const;

  /// One durable commit each. put replaces documents of the same path.
  void put(std::span<const NewDocument> documents);
  void touch(std::span<const DocumentRow> documents);  ///< same bytes, new modification time
  void remove(std::span<const std::string> paths);

  /// Chunks whose vector was lost to damage, with their text to make it again; and the way to give
  /// it back.
  std::vector<StoredChunk> chunks_without_vector() const;
  void restore_vectors(std::span<const std::string> vector_keys, MatrixView vectors);

  /// Writes a new vector file that holds only rows in use, commits it, removes the old one with its
  /// segment, gives free database pages back. Readers that have the old file mapped keep it.
  void compact();

  /// The segment that the last commit names. Its file is not looked at.
  std::optional<Segment> segment() const;
  /// Names a segment over the first `rows` rows of the live file, in place of another. `write` puts
  /// its file there, whole and synced, before the commit that names it; when it throws, the store
  /// is as before. Error(kInvalidArgument) unless `rows` ends with a write.
  void seal(std::size_t rows, const std::function<void(const Segment&)>& write);

  /// Everything that can be checked without a model, the contents of segments aside; one line a
  /// fault.
  static std::vector<std::string> verify(const Path& directory);

 private:
  friend struct StoreAccess;  // lets tests put their own file operations in
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sememe::store

#endif  // SEMEME_STORE_STORE_H_
