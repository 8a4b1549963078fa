// What the parts of Store share: its state, the frame of every read and of every write.
#ifndef SEMEME_STORE_STORE_IMPL_H_
#define SEMEME_STORE_STORE_IMPL_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error_context.h"
#include "store/segment.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/vector_file.h"
#include "store/writer_lock.h"

namespace sememe::store {

/// The one row of the manifest.
struct Manifest {
  Identity identity;
  std::int64_t vector_file = 0;
  std::uint64_t commit = 0;
  std::int64_t sealed_rows = 0;  // of the live file; 0: no segment
  VectorFileName file_name() const { return {vector_file, identity.dim}; }
};

/// Error(kCorrupt) when there is no such row or its numbers make no sense.
Manifest read_manifest(Database& database);
/// The extents of the live file in order. Error(kCorrupt) unless they lie end to end from row 0.
std::vector<Extent> read_extents(Database& database, const Manifest& manifest);
/// Row behind the last one.
std::int64_t end_of(std::span<const Extent> extents);

/// Where the segment of rows [0, rows) of the live file lies, and what identifies those rows.
Segment segment_of(const Path& directory, const Manifest& manifest, std::span<const Extent> extents,
                   std::int64_t rows);
/// The one that the manifest names. Error(kCorrupt) unless its rows end with an extent.
std::optional<Segment> read_segment(Database& database, const Path& directory,
                                    const Manifest& manifest, std::span<const Extent> extents);

/// Opens an existing store.sqlite and checks that it is one of ours. For reading, picks immutable
/// access where the directory cannot be written and no WAL is there.
Database open_database(const Path& directory, Access access);
/// The context of every message: store "DIR".
std::string store_context(const Path& directory);
/// Files of the store's own naming that `manifest` does not name: left by a killed writer.
std::vector<Path> unnamed_files(const Path& directory, const Manifest& manifest);

/// Bytes of a file; 0 when it is not there.
std::uint64_t size_or_zero(const Path& path);

/// What a change of the database would show in, without opening it.
struct DatabaseStamp {
  FileStamp database;
  std::uint64_t wal_bytes = 0;
  friend bool operator==(const DatabaseStamp&, const DatabaseStamp&) = default;
};
DatabaseStamp database_stamp(const Path& directory);

struct Store::Impl {
  Path directory;
  std::optional<WriterLock> lock;  // above `database`: still held while that one closes
  std::optional<Database> database;
  DatabaseStamp stamp;  // of an immutable reader's database, from before it was opened
  Identity identity;
  FileLayer* layer = nullptr;
  std::optional<VectorFileWriter> file;  // of a writer

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl();

  void open_reader();
  void open_writer(const Identity& wanted);
  /// Finds damage in the vector file and gives up what it hit.
  void repair();
  /// Moves the rows in use to a new vector file; rows of `lost` are given up. One commit.
  void rewrite(std::span<const Extent> lost);
  void record(std::span<const Extent> extents, std::int64_t file_number);
  void require_writer() const;
  void forget_tail(std::int64_t end) noexcept;

  /// Runs `body(database)` in one read transaction and returns what it returns.
  template <class Body>
  auto read(const Body& body) {
    return within(store_context(directory), [&] {
      while (true) {
        if (database->access() != Access::kImmutable) return read_once(body);
        // Without locks a commit of another process can go unseen or be seen half: the files' sizes
        // and times around the read tell.
        std::optional<decltype(read_once(body))> result;
        try {
          result = read_once(body);
        } catch (const Error&) {
          if (database_stamp(directory) == stamp) throw;
        }
        if (result && database_stamp(directory) == stamp) return std::move(*result);
        open_reader();
      }
    });
  }
  template <class Body>
  auto read_once(const Body& body) {
    Transaction transaction(*database, Transaction::Kind::kRead);
    return body(*database);
  }

  /// Runs `body(database)` in one write transaction: rows that it appends to `file` are synced,
  /// then all of it is committed. After an error nothing of it is left.
  template <class Body>
  void write(const Body& body) {
    within(store_context(directory), [&] {
      require_writer();
      const std::int64_t end = file->end();
      try {
        Transaction transaction(*database, Transaction::Kind::kWrite);
        body(*database);
        record(file->flush(), file->number());
        transaction.commit();
      } catch (...) {
        forget_tail(end);
        throw;
      }
    });
  }
};

/// The door for tests.
struct StoreAccess {
  static Store open_for_writing(const Path& directory, const Identity& identity, FileLayer& layer);
};

}  // namespace sememe::store

#endif  // SEMEME_STORE_STORE_IMPL_H_
