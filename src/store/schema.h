// What stands in store.sqlite: the marks of the format and the tables (docs/formats/store.md).
#ifndef SEMEME_STORE_SCHEMA_H_
#define SEMEME_STORE_SCHEMA_H_

#include <array>
#include <cstdint>

namespace sememe::store {

inline constexpr std::int64_t kApplicationId = 0x53454D45;  // "SEME"
// PRAGMA user_version of what a writer leaves, and the oldest one that is read.
inline constexpr std::int64_t kFormatVersion = 3;
inline constexpr std::int64_t kOldestFormatVersion = 1;
inline constexpr std::int64_t kMaxDim = 65536;

inline constexpr char kDatabaseName[] = "store.sqlite";
inline constexpr char kNewDatabaseName[] = "store.sqlite.new";
inline constexpr char kLockName[] = "writer.lock";

// Set before the first table: these three cannot change later. Passages are 1 to 2 KB, so a page of
// 8 KiB wastes little and a small write stays small in the WAL.
inline constexpr char kCreatePragmas[] =
    "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA encoding = 'UTF-8';";

// Version 1 had no precision (its stores are exact) and no passage_form (theirs is 1), version 2 no
// sealed_rows (none are). Writers add what is missing: kAddColumns.
//
// vectors.file_row is NULL when the row was lost to damage and waits for restore_vectors().
// chunks_by_vector covers (vector, id): the list of live vectors is read from it without touching
// the pages that hold text. vectors_by_row leads from a row that was found to its chunks; stores
// that are older have none until a writer opens them. AUTOINCREMENT keeps chunk ids from being
// reused.
inline constexpr char kCreateTables[] = R"sql(
CREATE TABLE manifest(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  model TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  dim INTEGER NOT NULL,
  precision TEXT NOT NULL,
  passage_form INTEGER NOT NULL,
  vector_file INTEGER NOT NULL,
  commit_number INTEGER NOT NULL,
  sealed_rows INTEGER NOT NULL
) STRICT;
CREATE TABLE extents(
  file INTEGER NOT NULL,
  first_row INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (file, first_row)
) STRICT, WITHOUT ROWID;
CREATE TABLE vectors(
  id INTEGER PRIMARY KEY,
  vector_key TEXT NOT NULL UNIQUE,
  file_row INTEGER
) STRICT;
CREATE TABLE documents(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  content_hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE chunks(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL REFERENCES documents(id),
  vector INTEGER NOT NULL REFERENCES vectors(id),
  begin_byte INTEGER NOT NULL,
  end_byte INTEGER NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX chunks_by_document ON chunks(document);
CREATE INDEX chunks_by_vector ON chunks(vector);
CREATE INDEX vectors_by_row ON vectors(file_row);
)sql";

// From each version to the next, the oldest first.
inline constexpr std::array<const char*, kFormatVersion - kOldestFormatVersion> kAddColumns = {
    "ALTER TABLE manifest ADD COLUMN precision TEXT NOT NULL DEFAULT 'exact';"
    "ALTER TABLE manifest ADD COLUMN passage_form INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE manifest ADD COLUMN sealed_rows INTEGER NOT NULL DEFAULT 0"};

inline constexpr char kAddIndex[] =
    "CREATE INDEX IF NOT EXISTS vectors_by_row ON vectors(file_row)";

}  // namespace sememe::store

#endif  // SEMEME_STORE_SCHEMA_H_
