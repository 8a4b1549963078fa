// SQLite behind three small classes: a connection, a running statement, a transaction.
//
// Every error becomes an Error that names the database file. Three kinds of connection exist, and
// they carry the rule of docs/decisions/0003-sqlite-and-the-wal.md: only the writer, who holds the
// writer lock, may write or checkpoint. A reader opens the file read-only, never checkpoints, also
// not as the last one to close; an immutable reader takes no locks at all.
//
// Not thread-safe.
#ifndef SEMEME_STORE_SQLITE_H_
#define SEMEME_STORE_SQLITE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "base/file.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sememe::store {

class Database;

/// One run of a prepared statement. It is given back, reset, when it goes: a statement left half
/// way would keep its read snapshot and hold up the checkpoint.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  /// Moves to the next row; false after the last one.
  bool next();
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  /// The column as a count or position. Error(kCorrupt) when it is negative.
  std::size_t size(int column) const;
  std::string text(int column) const;

  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind(int index, std::nullptr_t);

 private:
  friend class Database;
  Query(Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}
  Database* database_;
  sqlite3_stmt* statement_;
};

enum class Access {
  kReader,     ///< read-only file, shared-memory locks: sees each new commit
  kImmutable,  ///< read-only file without locks, for media that cannot be written
  kWriter,     ///< the holder of the writer lock
};

class Database {
 public:
  /// Opens `path`. A writer creates it when it is missing. Nothing is read yet.
  Database(const Path& path, Access access);
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  Access access() const { return access_; }
  const Path& path() const { return path_; }

  /// Runs statements that return nothing and take no values.
  void execute_script(const char* sql);
  /// A statement with values for its ?1, ?2, ...; prepared once per connection.
  template <class... Values>
  Query query(std::string_view sql, const Values&... values) {
    Query query = prepare(sql);
    int index = 0;
    (bind_value(query, ++index, values), ...);
    return query;
  }
  /// Runs one statement to its end; the number of rows it changed.
  template <class... Values>
  std::size_t execute(std::string_view sql, const Values&... values) {
    query(sql, values...).next();
    return changed_rows();
  }
  /// The one integer that the statement returns.
  template <class... Values>
  std::int64_t integer(std::string_view sql, const Values&... values) {
    Query result = query(sql, values...);
    if (!result.next()) throw_missing(sql);
    return result.integer(0);
  }
  std::int64_t last_insert_id() const;

  /// Moves the WAL into the database file and empties it, as far as readers let it, waiting at most
  /// `wait_ms` for them. Whether all of it was moved.
  bool checkpoint(int wait_ms);

  /// Ends the open transaction; see Transaction.
  void commit();
  /// Whether a commit that threw may still come to life after a crash: its frames were written, but
  /// the sync was refused. Then the bytes that it names must stay.
  bool outcome_unsure() const { return outcome_unsure_; }

  [[noreturn]] void throw_error(int code, std::string_view doing);

 private:
  Query prepare(std::string_view sql);
  template <class Value>
  static void bind_value(Query& query, int index, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      query.bind(index, static_cast<std::int64_t>(value));
    } else {
      query.bind(index, value);
    }
  }
  std::size_t changed_rows() const;
  [[noreturn]] void throw_missing(std::string_view sql);
  void configure();
  void close() noexcept;

  Path path_;
  Access access_ = Access::kReader;
  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
  bool outcome_unsure_ = false;
};

/// BEGIN ... COMMIT, rolled back when it goes without commit().
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(Database& database, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  /// Durable when it returns (synchronous=FULL).
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace sememe::store

#endif  // SEMEME_STORE_SQLITE_H_
