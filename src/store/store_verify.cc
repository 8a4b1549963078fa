// Everything that can be checked without a model, while a writer may be at work.
#include <cmath>

#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

class Verifier {
 public:
  explicit Verifier(const Path& directory) : directory_(directory) {}

  std::vector<std::string> run(Database& database) {
    check_database(database);
    const Manifest manifest = read_manifest(database);
    const std::vector<Extent> extents = read_extents(database, manifest);
    check_chunks(database);
    check_rows(database, end_of(extents));
    check_vectors(manifest, extents);
    attempt([&] { read_segment(database, directory_, manifest, extents); });
    return std::move(faults_);
  }

 private:
  void add(std::string fault) { faults_.push_back(std::move(fault)); }

  void check_database(Database& database) {
    const std::string name = quote(database.path().native());
    Query integrity = database.query("PRAGMA integrity_check");
    while (integrity.next()) {
      if (const std::string line = integrity.text(0); line != "ok") add(name + ": " + line);
    }
    Query broken = database.query("PRAGMA foreign_key_check");
    while (broken.next()) {
      add(concat(name, ": ", broken.text(0), " ", broken.integer(1), " names a row of ",
                 broken.text(2), " that is not there"));
    }
  }

  void check_chunks(Database& database) {
    Query row = database.query(
        "SELECT c.id, d.path, v.file_row IS NULL, length(c.text) = 0,"
        " c.begin_byte < 0 OR c.begin_byte > c.end_byte OR c.end_byte > d.size,"
        " c.line < 1 OR c.line > c.end_line, c.begin_byte, c.end_byte, d.size, c.line, c.end_line"
        " FROM chunks c JOIN documents d ON d.id = c.document JOIN vectors v ON v.id = c.vector"
        " WHERE v.file_row IS NULL OR length(c.text) = 0 OR c.begin_byte < 0"
        " OR c.begin_byte > c.end_byte OR c.end_byte > d.size OR c.line < 1"
        " OR c.line > c.end_line ORDER BY c.id");
    while (row.next()) {
      const std::string chunk = concat("chunk ", row.integer(0), " of ", quote(row.text(1)), ": ");
      if (row.integer(2) != 0) add(chunk + "it has no vector; \"sememe index\" mends it");
      if (row.integer(3) != 0) add(chunk + "expected a text, it is empty");
      if (row.integer(4) != 0) {
        add(concat(chunk, "expected bytes within a document of ", row.integer(8), ", found ",
                   row.integer(6), " to ", row.integer(7)));
      }
      if (row.integer(5) != 0) {
        add(concat(chunk, "expected lines from 1 on, found ", row.integer(9), " to ",
                   row.integer(10)));
      }
    }
  }

  void check_rows(Database& database, std::int64_t end) {
    Query outside = database.query(
        "SELECT id, file_row FROM vectors WHERE file_row < 0 OR file_row >= ?1", end);
    while (outside.next()) {
      add(concat("vector ", outside.integer(0), ": expected a row of 0 to ", end - 1, ", found ",
                 outside.integer(1)));
    }
    Query shared = database.query(
        "SELECT file_row, count(*) FROM vectors WHERE file_row IS NOT NULL"
        " GROUP BY file_row HAVING count(*) > 1");
    while (shared.next()) {
      add(concat("row ", shared.integer(0), ": expected one vector, ", shared.integer(1),
                 " name it"));
    }
  }

  void check_vectors(const Manifest& manifest, const std::vector<Extent>& extents) {
    try {
      const VectorFileReader file(directory_, manifest.file_name());
      attempt([&] { file.check_header(); });
      for (const Extent& extent : extents) {
        attempt([&] {
          file.check(extent);
          check_finite(file, extent);
        });
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kNotFound) throw;
      missing_file_ = manifest.vector_file;
      add(concat("vector file ",
                 quote((directory_ / vector_file_name(manifest.vector_file)).native()),
                 " is missing; \"sememe index\" mends it"));
    }
  }

  void check_finite(const VectorFileReader& file, const Extent& extent) {
    for (std::int64_t row = extent.first; row < extent.first + extent.rows; ++row) {
      for (const float value : file.row(row)) {
        if (std::isfinite(value)) continue;
        add(concat("row ", row, ": expected finite numbers, found ", value));
        break;
      }
    }
  }

  template <class Check>
  void attempt(const Check& check) {
    try {
      check();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCorrupt) throw;
      add(error.what());
    }
  }

  const Path& directory_;
  std::vector<std::string> faults_;

 public:
  std::int64_t missing_file_ = 0;
};

}  // namespace

std::vector<std::string> Store::verify(const Path& directory) {
  std::vector<std::string> faults;
  try {
    Store store = open(directory);
    Impl& impl = *store.impl_;
    std::int64_t missing = 0;
    while (true) {
      Verifier verifier(directory);
      faults = impl.read([&](Database& database) { return verifier.run(database); });
      // A compaction may have removed the file that this snapshot names: look once more.
      if (verifier.missing_file_ == missing) break;
      missing = verifier.missing_file_;
    }
    const auto unnamed = [&] {
      return impl.read(
          [&](Database& database) { return unnamed_files(directory, read_manifest(database)); });
    };
    // A writer at work has unnamed files for a moment: only what is there without one is a fault.
    if (!unnamed().empty()) {
      if (const std::optional<WriterLock> quiet = WriterLock::probe(directory)) {
        for (const Path& path : unnamed()) {
          faults.push_back(concat("file ", quote(path.native()),
                                  " is not named by the manifest; the next write removes it"));
        }
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorrupt) throw;
    faults.push_back(error.what());
  }
  return faults;
}

}  // namespace sememe::store
