// Opening, creating and closing a store.
#include "store/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error_context.h"
#include "store/schema.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

// A reader that holds its snapshot longer than this keeps the WAL; the next writer empties it.
constexpr int kCloseWaitMs = 100;
// No store has more rows: keeps sums of two row numbers far from overflow.
constexpr std::int64_t kMaxRows = std::int64_t{1} << 40;
constexpr std::array<const char*, 4> kDatabaseSuffixes = {"", "-journal", "-wal", "-shm"};

Path with_suffix(const Path& path, const char* suffix) {
  Path result = path;
  result += suffix;
  return result;
}

// The decision for readers: without the right to write, SQLite cannot make the shared memory of the
// WAL. It can be left out only while there is no WAL.
Access reader_access(const Path& directory) {
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK, AT_EACCESS) == 0) return Access::kReader;
  const Path wal = with_suffix(directory / kDatabaseName, "-wal");
  const Path shm = with_suffix(directory / kDatabaseName, "-shm");
  std::error_code error;
  if (std::filesystem::exists(wal, error) && std::filesystem::exists(shm, error)) {
    return Access::kReader;
  }
  if (const std::uint64_t bytes = size_or_zero(wal); bytes != 0) {
    throw Error(ErrorCode::kIo,
                concat("expected a directory that this user may write, because ",
                       quote(wal.native()), " holds ", bytes,
                       " bytes to be read in; let its owner run \"sememe store verify\" once"));
  }
  return Access::kImmutable;
}

void check_marks(Database& database) {
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const std::string name = quote(database.path().native());
  if (application != kApplicationId) {
    throw Error(ErrorCode::kCorrupt,
                concat(name, ": expected application id ", kApplicationId, ", file has ",
                       application, "; it is no store of sememe, or it is damaged"));
  }
  if (version > kFormatVersion) {
    throw Error(ErrorCode::kUnsupported,
                concat(name, ": expected format version ", kFormatVersion, ", file has ", version,
                       "; a newer sememe wrote it"));
  }
  if (version < kOldestFormatVersion) {
    throw Error(ErrorCode::kCorrupt,
                concat(name, ": expected format version ", kOldestFormatVersion, " to ",
                       kFormatVersion, ", file has ", version));
  }
}

// To the present format, in one step.
void upgrade(Database& database) {
  const std::int64_t version = database.integer("PRAGMA user_version");
  const bool indexed =
      database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'vectors_by_row'") > 0;
  if (version == kFormatVersion && indexed) return;
  Transaction transaction(database, Transaction::Kind::kWrite);
  database.execute_script(kAddIndex);
  for (std::int64_t from = version; from < kFormatVersion; ++from) {
    database.execute_script(kAddColumns[static_cast<std::size_t>(from - kOldestFormatVersion)]);
  }
  database.execute(concat("PRAGMA user_version = ", kFormatVersion));
  transaction.commit();
}

void remove_database(const Path& path, FileLayer& layer) {
  for (const char* suffix : kDatabaseSuffixes) {
    layer.unlink(with_suffix(path, suffix));
  }
}

void fill_new_database(const Path& path, const Identity& identity) {
  Database database(path, Access::kWriter);
  database.execute_script(kCreatePragmas);
  {
    Transaction transaction(database, Transaction::Kind::kWrite);
    database.execute_script(kCreateTables);
    database.execute(concat("PRAGMA application_id = ", kApplicationId));
    database.execute(concat("PRAGMA user_version = ", kFormatVersion));
    database.execute("INSERT INTO manifest VALUES (1, ?1, ?2, ?3, ?4, ?5, 1, 0, 0)", identity.model,
                     identity.fingerprint, identity.dim, precision_name(identity.precision),
                     identity.passage_form);
    transaction.commit();
  }
  // Last, and through the rollback journal: a WAL that outlives the rename below would be lost.
  Query mode = database.query("PRAGMA journal_mode = WAL");
  if (!mode.next() || mode.text(0) != "wal") {
    throw Error(ErrorCode::kUnsupported,
                concat(quote(path.native()), ": expected journal mode \"wal\", SQLite offers \"",
                       mode.text(0), "\" on this file system"));
  }
}

// The database appears under its name in one step, so that a killed creation leaves no half store.
void create_store(const Path& directory, const Identity& identity, FileLayer& layer) {
  if (identity.dim == 0 || identity.dim > kMaxDim) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected a dim of 1 to ", kMaxDim, ", found ", identity.dim));
  }
  const Path path = directory / kDatabaseName;
  const Path new_path = directory / kNewDatabaseName;
  remove_database(path, layer);  // a stray "-wal" would be played into the new database
  remove_database(new_path, layer);
  try {
    VectorFileWriter::create(directory, {1, identity.dim}, layer);
    fill_new_database(new_path, identity);
    std::filesystem::rename(new_path, path);
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(ErrorCode::kIo,
                concat("rename ", quote(new_path.native()), ": ", error.code().message()));
  }
  layer.sync_directory(directory);
}

void make_directory(const Path& directory) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error(ErrorCode::kIo,
                concat("create directory ", quote(directory.native()), ": ", error.message()));
  }
  if (made) sync_directory(std::filesystem::absolute(directory).parent_path());
}

}  // namespace

std::uint64_t size_or_zero(const Path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

std::string store_context(const Path& directory) {
  return concat("store ", quote(directory.native()));
}

DatabaseStamp database_stamp(const Path& directory) {
  const Path path = directory / kDatabaseName;
  return {file_stamp(path), size_or_zero(with_suffix(path, "-wal"))};
}

Database open_database(const Path& directory, Access access) {
  const Path path = directory / kDatabaseName;
  if (file_stamp(path).size == 0) {
    throw Error(ErrorCode::kCorrupt,
                concat(quote(path.native()), ": expected a database, file is empty; move the ",
                       "store's directory away and run \"sememe index\" to build it again"));
  }
  Database database(path, access == Access::kReader ? reader_access(directory) : access);
  check_marks(database);
  return database;
}

Manifest read_manifest(Database& database) {
  const std::int64_t version = database.integer("PRAGMA user_version");
  Query row =
      database.query(concat("SELECT model, fingerprint, dim, vector_file, commit_number, ",
                            version < 2 ? "'exact', 1, " : "precision, passage_form, ",
                            version < 3 ? "0" : "sealed_rows", " FROM manifest WHERE id = 1"));
  if (!row.next()) {
    throw Error(ErrorCode::kCorrupt,
                concat(quote(database.path().native()), ": expected a manifest, found none"));
  }
  const std::optional<Precision> precision = parse_precision(row.text(5));
  if (!precision) {
    throw Error(ErrorCode::kCorrupt,
                concat(quote(database.path().native()), ": manifest: expected a precision of ",
                       "\"exact\", \"near\" or \"fast\", found ", quote(row.text(5))));
  }
  Manifest manifest{{row.text(0), row.text(1), row.size(2), *precision, row.size(6)},
                    row.integer(3),
                    row.size(4),
                    row.integer(7)};
  if (manifest.identity.dim == 0 || manifest.identity.dim > kMaxDim || manifest.vector_file < 1) {
    throw Error(ErrorCode::kCorrupt,
                concat(quote(database.path().native()), ": manifest: expected a dim of 1 to ",
                       kMaxDim, " and a vector file from 1 on, found ", manifest.identity.dim,
                       " and ", manifest.vector_file));
  }
  return manifest;
}

std::vector<Extent> read_extents(Database& database, const Manifest& manifest) {
  std::vector<Extent> extents;
  std::int64_t end = 0;
  Query row = database.query(
      "SELECT first_row, row_count, checksum FROM extents WHERE file = ?1 ORDER BY first_row",
      manifest.vector_file);
  while (row.next()) {
    const Extent extent{row.integer(0), row.integer(1), static_cast<std::uint64_t>(row.integer(2))};
    if (extent.first != end || extent.rows < 1 || extent.rows > kMaxRows - end) {
      throw Error(ErrorCode::kCorrupt,
                  concat(quote(database.path().native()), ": extents: expected one from row ", end,
                         ", found ", extent.rows, " rows from row ", extent.first));
    }
    end += extent.rows;
    extents.push_back(extent);
  }
  return extents;
}

std::int64_t end_of(std::span<const Extent> extents) {
  return extents.empty() ? 0 : extents.back().first + extents.back().rows;
}

std::vector<Path> unnamed_files(const Path& directory, const Manifest& manifest) {
  std::vector<Path> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().native();
    const bool other_vectors =
        is_vector_file_name(name) && name != vector_file_name(manifest.vector_file);
    const bool other_segment =
        is_segment_file_name(name) &&
        (manifest.sealed_rows == 0 ||
         name != segment_file_name(manifest.vector_file, manifest.sealed_rows));
    const bool half_database = std::ranges::any_of(kDatabaseSuffixes, [&](const char* suffix) {
      return name == concat(kNewDatabaseName, suffix);
    });
    if (other_vectors || other_segment || half_database) found.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorCode::kIo, concat("list ", quote(directory.native()), ": ", error.message()));
  }
  return found;
}

void Store::Impl::open_reader() {
  database.reset();
  stamp = database_stamp(directory);
  database = open_database(directory, Access::kReader);
}

void Store::Impl::open_writer(const Identity& wanted) {
  make_directory(directory);
  refuse_network_file_system(directory);
  lock = WriterLock::take(directory);
  if (!std::filesystem::exists(directory / kDatabaseName)) {
    create_store(directory, wanted, *layer);
  }
  database = open_database(directory, Access::kWriter);
  upgrade(*database);
  const Manifest manifest = read_manifest(*database);
  identity = manifest.identity;
  for (const Path& path : unnamed_files(directory, manifest)) layer->unlink(path);
  repair();
}

void Store::Impl::require_writer() const {
  if (!lock) throw Error(ErrorCode::kInvalidArgument, "expected a store open for writing");
  if (database->outcome_unsure()) {
    throw Error(ErrorCode::kIo,
                "the system refused to sync an earlier commit; open the store again");
  }
}

Store::Impl::~Impl() {
  if (!lock || !database || database->outcome_unsure()) return;
  try {
    database->checkpoint(kCloseWaitMs);
  } catch (...) {  // the WAL keeps what could not be moved
  }
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

bool Store::exists(const Path& directory) {
  return std::filesystem::exists(directory / kDatabaseName);
}

Store Store::open(const Path& directory) {
  return within(store_context(directory), [&] {
    std::error_code error;
    if (!std::filesystem::exists(directory / kDatabaseName, error)) {
      throw Error(ErrorCode::kNotFound, concat("expected a file ", quote(kDatabaseName), ", found ",
                                               error ? error.message() : std::string("none")));
    }
    auto impl = std::make_unique<Impl>();
    impl->directory = directory;
    impl->open_reader();
    impl->identity = read_manifest(*impl->database).identity;
    return Store(std::move(impl));
  });
}

Store Store::open_for_writing(const Path& directory, const Identity& identity) {
  return StoreAccess::open_for_writing(directory, identity, FileLayer::system());
}

Store StoreAccess::open_for_writing(const Path& directory, const Identity& identity,
                                    FileLayer& layer) {
  return within(store_context(directory), [&] {
    auto impl = std::make_unique<Store::Impl>();
    impl->directory = directory;
    impl->layer = &layer;
    impl->open_writer(identity);
    return Store(std::move(impl));
  });
}

const Identity& Store::identity() const { return impl_->identity; }
const Path& Store::directory() const { return impl_->directory; }

}  // namespace sememe::store
