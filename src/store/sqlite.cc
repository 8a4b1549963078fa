#include "store/sqlite.h"

#include <sqlite3.h>

#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "base/error_context.h"

namespace sememe::store {
namespace {

// Long enough for a checkpoint or a WAL recovery by a neighbour, short enough for a person.
constexpr int kBusyMs = 10'000;
constexpr char kMend[] =
    "; move the store's directory away and run \"sememe index\" to build it again";

std::string immutable_uri(const Path& path) {
  std::string uri = "file:";
  for (const char c : path.native()) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr char kHex[] = "0123456789abcdef";
      uri += {'%', kHex[(c >> 4) & 15], kHex[c & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

ErrorCode error_code(int primary) {
  switch (primary) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:       // "no such table": the schema is not ours
    case SQLITE_CONSTRAINT:  // our writes keep every constraint of a sound database
    case SQLITE_MISMATCH:
      return ErrorCode::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kConflict;
    case SQLITE_TOOBIG:
      return ErrorCode::kLimit;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Query::Query(Query&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  database_->throw_error(code, sqlite3_stmt_readonly(statement_) != 0 ? "read" : "write");
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::size_t Query::size(int column) const {
  const std::int64_t value = integer(column);
  if (value < 0) {
    throw Error(ErrorCode::kCorrupt, concat(quote(database_->path().native()), ": column \"",
                                            sqlite3_column_name(statement_, column),
                                            "\": expected a number of at least 0, found ", value));
  }
  return static_cast<std::size_t>(value);
}

std::string Query::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Query::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_, index, value);
  if (code != SQLITE_OK) database_->throw_error(code, "bind");
}

void Query::bind(int index, std::string_view value) {
  // A null pointer would bind NULL instead of the empty text.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_text64(statement_, index, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) database_->throw_error(code, "bind");
}

void Query::bind(int index, std::nullptr_t) {
  const int code = sqlite3_bind_null(statement_, index);
  if (code != SQLITE_OK) database_->throw_error(code, "bind");
}

Database::Database(const Path& path, Access access) : path_(path), access_(access) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  std::string name = path.native();
  if (access == Access::kWriter) {
    flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  } else {
    flags |= SQLITE_OPEN_READONLY;
    if (access == Access::kImmutable) {
      flags |= SQLITE_OPEN_URI;
      name = immutable_uri(path);
    }
  }
  const int code = sqlite3_open_v2(name.c_str(), &connection_, flags, nullptr);
  try {
    if (code != SQLITE_OK) throw_error(code, "open");
    configure();
  } catch (...) {
    close();
    throw;
  }
}

void Database::configure() {
  sqlite3_busy_timeout(connection_, kBusyMs);
  // The file may come from a stranger: its schema gets no say beyond its tables.
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  if (access_ != Access::kWriter) {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_wal_autocheckpoint(connection_, 0);
    execute_script("PRAGMA query_only = 1");
  } else {
    execute_script("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  }
}

void Database::close() noexcept {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  statements_.clear();
  sqlite3_close(std::exchange(connection_, nullptr));
}

Database::Database(Database&& other) noexcept { *this = std::move(other); }

Database& Database::operator=(Database&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(access_, other.access_);
  std::swap(connection_, other.connection_);
  std::swap(statements_, other.statements_);
  std::swap(outcome_unsure_, other.outcome_unsure_);
  return *this;
}

Database::~Database() { close(); }

void Database::execute_script(const char* sql) {
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_error(code, access_ == Access::kWriter ? "write" : "read");
}

Query Database::prepare(std::string_view sql) {
  sqlite3_stmt*& statement = statements_[std::string(sql)];
  if (statement == nullptr) {
    const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) throw_error(code, "read");
  }
  SEMEME_CHECK(sqlite3_stmt_busy(statement) == 0);
  return Query(*this, statement);
}

std::size_t Database::changed_rows() const {
  return static_cast<std::size_t>(sqlite3_changes(connection_));
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(connection_); }

bool Database::checkpoint(int wait_ms) {
  SEMEME_CHECK(access_ == Access::kWriter);
  sqlite3_busy_timeout(connection_, wait_ms);
  const int code =
      sqlite3_wal_checkpoint_v2(connection_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(connection_, kBusyMs);
  if (code == SQLITE_OK) return true;
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
  throw_error(code, "checkpoint");
}

void Database::commit() {
  const int code = sqlite3_exec(connection_, "COMMIT", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  // A refused write of a frame leaves no whole commit in the WAL; a refused sync may.
  if ((code & 0xff) == SQLITE_IOERR && code != SQLITE_IOERR_WRITE) outcome_unsure_ = true;
  throw_error(code, "write");
}

void Database::throw_missing(std::string_view sql) {
  throw Error(ErrorCode::kCorrupt,
              concat(quote(path_.native()), ": expected a row, found none (", sql, ")", kMend));
}

void Database::throw_error(int code, std::string_view doing) {
  const int primary = code & 0xff;
  if (primary == SQLITE_NOMEM) throw std::bad_alloc();
  const int number = connection_ == nullptr ? 0 : sqlite3_system_errno(connection_);
  std::string message = concat(doing, " ", quote(path_.native()), ": ",
                               connection_ == nullptr ? "" : sqlite3_errmsg(connection_));
  if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && number != 0) {
    message += concat(" (", std::strerror(number), ")");
  }
  const ErrorCode kind = error_code(primary);
  if (kind == ErrorCode::kCorrupt) message += kMend;
  if (kind == ErrorCode::kConflict) message += concat(" for ", kBusyMs / 1000, " seconds");
  throw Error(kind, message);
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    // After some errors SQLite has rolled back already; then this reports only that.
    database_.execute("ROLLBACK");
  } catch (const Error&) {
  }
}

void Transaction::commit() {
  database_.commit();
  open_ = false;
}

}  // namespace sememe::store
