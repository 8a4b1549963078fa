// Moving the vectors in use to a new file: to give space back, and to leave damage behind.
#include <utility>

#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

struct KeptRow {
  std::int64_t vector = 0;
  std::int64_t row = 0;
};

// Gives up the vectors that lie in `lost`, or outside of every extent.
void forget_rows(Database& database, const Manifest& manifest, std::span<const Extent> lost,
                 std::int64_t end) {
  database.execute("UPDATE vectors SET file_row = NULL WHERE file_row < 0 OR file_row >= ?1", end);
  for (const Extent& extent : lost) {
    database.execute("UPDATE vectors SET file_row = NULL WHERE file_row >= ?1 AND file_row < ?2",
                     extent.first, extent.first + extent.rows);
    database.execute("DELETE FROM extents WHERE file = ?1 AND first_row = ?2", manifest.vector_file,
                     extent.first);
  }
}

std::vector<KeptRow> rows_in_use(Database& database) {
  database.execute(
      "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.id)");
  std::vector<KeptRow> kept;
  Query row = database.query(
      "SELECT id, file_row FROM vectors WHERE file_row IS NOT NULL ORDER BY file_row");
  while (row.next()) kept.push_back({row.integer(0), row.integer(1)});
  return kept;
}

// Copies only out of extents that pass their checksum: a new checksum must not bless old damage.
void copy_rows(Database& database, std::span<const KeptRow> kept, const Path& directory,
               const Manifest& manifest, VectorFileWriter& target) {
  if (kept.empty()) return;
  const VectorFileReader source(directory, manifest.file_name());
  Query extent = database.query(
      "SELECT first_row, row_count, checksum FROM extents WHERE file = ?1", manifest.vector_file);
  while (extent.next()) {
    source.check(
        {extent.integer(0), extent.integer(1), static_cast<std::uint64_t>(extent.integer(2))});
  }
  for (const KeptRow& one : kept) {
    database.execute("UPDATE vectors SET file_row = ?2 WHERE id = ?1", one.vector, target.end());
    target.append(source.row(one.row));
  }
}

}  // namespace

void Store::Impl::rewrite(std::span<const Extent> lost) {
  const Manifest manifest = read_manifest(*database);
  const VectorFileName name{manifest.vector_file + 1, manifest.identity.dim};
  try {
    Transaction transaction(*database, Transaction::Kind::kWrite);
    forget_rows(*database, manifest, lost, end_of(read_extents(*database, manifest)));
    VectorFileWriter target = VectorFileWriter::create(directory, name, *layer);
    copy_rows(*database, rows_in_use(*database), directory, manifest, target);
    const std::vector<Extent> extents = target.flush();
    database->execute("DELETE FROM extents");
    database->execute("UPDATE manifest SET vector_file = ?1, sealed_rows = 0 WHERE id = 1",
                      name.number);
    record(extents, name.number);
    transaction.commit();
    file = std::move(target);
  } catch (...) {
    if (!database->outcome_unsure()) {
      std::error_code ignored;  // the next writer removes what no manifest names
      std::filesystem::remove(directory / vector_file_name(name.number), ignored);
    }
    throw;
  }
  // Readers that have the old files mapped keep them; their names are of no more use.
  layer->unlink(directory / vector_file_name(manifest.vector_file));
  if (manifest.sealed_rows > 0) {
    layer->unlink(directory / segment_file_name(manifest.vector_file, manifest.sealed_rows));
  }
}

void Store::compact() {
  within(store_context(impl_->directory), [&] {
    impl_->require_writer();
    impl_->rewrite({});
    impl_->database->execute_script("PRAGMA incremental_vacuum");
    impl_->database->checkpoint(1000);
  });
}

}  // namespace sememe::store
