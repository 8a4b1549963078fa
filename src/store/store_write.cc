// What the writer does: each function is one durable commit, appended rows synced before it.
#include <cmath>
#include <unordered_set>

#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

void check_vector(std::span<const float> vector, std::size_t dim) {
  if (vector.size() != dim) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("vector: expected ", dim, " floats, found ", vector.size()));
  }
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (!std::isfinite(vector[i])) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("vector: expected finite numbers, number ", i, " is ", vector[i]));
    }
  }
}

void check_chunk(const ChunkRow& chunk, const DocumentRow& document) {
  if (chunk.text.empty()) throw Error(ErrorCode::kInvalidArgument, "expected a text, it is empty");
  if (chunk.vector_key.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "expected a vector key, it is empty");
  }
  if (chunk.bytes.begin > chunk.bytes.end || chunk.bytes.end > document.size) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected bytes within a document of ", document.size, ", found ",
                       chunk.bytes.begin, " to ", chunk.bytes.end));
  }
  if (chunk.line < 1 || chunk.line > chunk.end_line) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected lines from 1 on, found ", chunk.line, " to ", chunk.end_line));
  }
}

void delete_document(Database& database, std::string_view path) {
  database.execute("DELETE FROM chunks WHERE document = (SELECT id FROM documents WHERE path = ?1)",
                   path);
  database.execute("DELETE FROM documents WHERE path = ?1", path);
}

// The id of the key's vector; the vector is appended unless the key has one.
std::int64_t vector_id(Database& database, const NewChunk& chunk, VectorFileWriter& file,
                       std::size_t dim) {
  std::optional<std::int64_t> lost;
  {
    Query known = database.query("SELECT id, file_row FROM vectors WHERE vector_key = ?1",
                                 chunk.row.vector_key);
    if (known.next()) {
      if (!known.is_null(1)) return known.integer(0);
      lost = known.integer(0);
    }
  }
  if (chunk.vector.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("vector key ", quote(chunk.row.vector_key),
                       ": expected a vector, the store has none of this key"));
  }
  check_vector(chunk.vector, dim);
  const std::int64_t row = file.end();
  file.append(chunk.vector);
  if (lost) {
    database.execute("UPDATE vectors SET file_row = ?2 WHERE id = ?1", *lost, row);
    return *lost;
  }
  database.execute("INSERT INTO vectors(vector_key, file_row) VALUES (?1, ?2)",
                   chunk.row.vector_key, row);
  return database.last_insert_id();
}

void insert_document(Database& database, const NewDocument& document, VectorFileWriter& file,
                     std::size_t dim) {
  const DocumentRow& row = document.row;
  database.execute(
      "INSERT INTO documents(path, content_hash, size, mtime_ns) VALUES (?1, ?2, ?3, ?4)", row.path,
      row.content_hash, row.size, row.mtime_ns);
  const std::int64_t document_id = database.last_insert_id();
  for (std::size_t i = 0; i < document.chunks.size(); ++i) {
    const NewChunk& chunk = document.chunks[i];
    within(concat("chunk ", i), [&] {
      check_chunk(chunk.row, row);
      const std::int64_t vector = vector_id(database, chunk, file, dim);
      database.execute(
          "INSERT INTO chunks(document, vector, begin_byte, end_byte, line, end_line, heading,"
          " text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
          document_id, vector, chunk.row.bytes.begin, chunk.row.bytes.end, chunk.row.line,
          chunk.row.end_line, chunk.row.heading, chunk.row.text);
    });
  }
}

}  // namespace

void Store::Impl::record(std::span<const Extent> extents, std::int64_t file_number) {
  for (const Extent& extent : extents) {
    database->execute("INSERT INTO extents VALUES (?1, ?2, ?3, ?4)", file_number, extent.first,
                      extent.rows, extent.checksum);
  }
  database->execute("UPDATE manifest SET commit_number = commit_number + 1 WHERE id = 1");
}

void Store::Impl::forget_tail(std::int64_t end) noexcept {
  if (database->outcome_unsure()) return;  // a crash may yet bring the commit that names these rows
  try {
    file->cut(end);
  } catch (...) {  // the next write goes over the tail, the next writer cuts it
  }
}

void Store::put(std::span<const NewDocument> documents) {
  impl_->write([&](Database& database) {
    std::unordered_set<std::string_view> paths;
    for (const NewDocument& document : documents) {
      within(concat("document ", quote(document.row.path)), [&] {
        if (document.row.path.empty()) {
          throw Error(ErrorCode::kInvalidArgument, "expected a path, it is empty");
        }
        if (!paths.insert(document.row.path).second) {
          throw Error(ErrorCode::kInvalidArgument, "expected each path once in a write");
        }
        delete_document(database, document.row.path);
        insert_document(database, document, *impl_->file, impl_->identity.dim);
      });
    }
  });
}

void Store::touch(std::span<const DocumentRow> documents) {
  impl_->write([&](Database& database) {
    for (const DocumentRow& row : documents) {
      const std::size_t changed = database.execute(
          "UPDATE documents SET mtime_ns = ?3 WHERE path = ?1 AND content_hash = ?2", row.path,
          row.content_hash, row.mtime_ns);
      if (changed == 0) {
        throw Error(ErrorCode::kNotFound,
                    concat("document ", quote(row.path), " with content hash ",
                           quote(row.content_hash), " is not there"));
      }
    }
  });
}

void Store::remove(std::span<const std::string> paths) {
  impl_->write([&](Database& database) {
    for (const std::string& path : paths) delete_document(database, path);
  });
}

void Store::restore_vectors(std::span<const std::string> vector_keys, MatrixView vectors) {
  impl_->write([&](Database& database) {
    if (vector_keys.size() != vectors.rows) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("expected a vector for each of ", vector_keys.size(), " keys, found ",
                         vectors.rows));
    }
    for (std::size_t i = 0; i < vector_keys.size(); ++i) {
      const std::string_view key = vector_keys[i];
      check_vector(vectors.row(i), impl_->identity.dim);
      const std::size_t changed = database.execute(
          "UPDATE vectors SET file_row = ?2 WHERE vector_key = ?1 AND file_row IS NULL", key,
          impl_->file->end());
      if (changed != 0) {
        impl_->file->append(vectors.row(i));
      } else if (!database.query("SELECT 1 FROM vectors WHERE vector_key = ?1", key).next()) {
        throw Error(ErrorCode::kNotFound, concat("vector key ", quote(key), " is not there"));
      }
    }
  });
}

}  // namespace sememe::store
