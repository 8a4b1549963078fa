// What readers ask: each function is one read transaction.
#include <algorithm>
#include <tuple>
#include <utility>

#include "store/schema.h"
#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

constexpr char kSelectChunks[] =
    "SELECT c.id, d.path, c.begin_byte, c.end_byte, c.line, c.end_line, c.heading, c.text,"
    " v.vector_key FROM chunks c JOIN documents d ON d.id = c.document"
    " JOIN vectors v ON v.id = c.vector ";

StoredChunk chunk_of(const Query& row) {
  return {ChunkId{row.integer(0)},
          row.text(1),
          {.bytes = {row.size(2), row.size(3)},
           .line = row.size(4),
           .end_line = row.size(5),
           .heading = row.text(6),
           .text = row.text(7),
           .vector_key = row.text(8)}};
}

// Live chunks and their rows. The index on chunks(vector) gives (vector, id) in vector order, so
// each vector is found beside the one before, and pages with text are not touched.
void read_live_rows(Database& database, std::int64_t end, LiveVectors& live) {
  std::vector<std::pair<ChunkId, VectorRow>> found;
  Query row = database.query(
      "SELECT c.id, v.file_row FROM chunks c INDEXED BY chunks_by_vector"
      " CROSS JOIN vectors v ON v.id = c.vector WHERE v.file_row IS NOT NULL");
  while (row.next()) {
    const std::int64_t file_row = row.integer(1);
    if (file_row < 0 || file_row >= end) {
      throw Error(ErrorCode::kCorrupt,
                  concat(quote(database.path().native()), ": chunk ", row.integer(0),
                         ": expected a vector row of 0 to ", end - 1, ", found ", file_row,
                         "; \"sememe index\" mends it"));
    }
    found.emplace_back(ChunkId{row.integer(0)}, VectorRow{file_row});
  }
  if (!std::is_sorted(found.begin(), found.end())) std::sort(found.begin(), found.end());
  live.chunk_ids.reserve(found.size());
  live.rows.reserve(found.size());
  for (const auto& [chunk, file_row] : found) {
    live.chunk_ids.push_back(chunk);
    live.rows.push_back(file_row);
  }
}

// All rows, those from `first_checked` on compared with their checksums. Error(kNotFound) when the
// file is not there.
std::pair<MappedFile, MatrixView> map_rows(const Path& directory, const Manifest& manifest,
                                           std::span<const Extent> extents,
                                           std::int64_t first_checked) {
  VectorFileReader file(directory, manifest.file_name());
  file.check_header();
  for (const Extent& extent : extents) {
    if (extent.first >= first_checked) {
      file.check(extent);
    } else {
      static_cast<void>(file.bytes(extent));
    }
  }
  const auto rows = static_cast<std::size_t>(end_of(extents));
  const float* data = rows == 0 ? nullptr : file.row(0).data();
  const MatrixView vectors = {data, rows, manifest.identity.dim};
  return {std::move(file).take_map(), vectors};
}

[[noreturn]] void throw_missing_file(const Path& directory, const Manifest& manifest,
                                     std::int64_t end) {
  const Path path = directory / vector_file_name(manifest.vector_file);
  throw Error(ErrorCode::kCorrupt,
              concat("vector file ", quote(path.native()), ": commit ", manifest.commit,
                     " expects ", end, " rows, the file is missing; \"sememe index\" mends it"));
}

// Runs `body(database, manifest, extents)` in one read transaction, again when the vector file that
// it maps has gone meanwhile.
template <class Impl, class Body>
auto read_vectors(Impl& impl, const Body& body) {
  std::int64_t missing = 0;  // number of the vector file that was not there
  while (true) {
    bool again = false;
    auto result = impl.read([&](Database& database) {
      const Manifest manifest = read_manifest(database);
      const std::vector<Extent> extents = read_extents(database, manifest);
      try {
        again = false;
        return body(database, manifest, extents);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kNotFound) throw;
        // Either it is lost, or a compaction committed a newer one after this snapshot began: then
        // the next snapshot names that.
        if (missing == manifest.vector_file) {
          throw_missing_file(impl.directory, manifest, end_of(extents));
        }
        missing = manifest.vector_file;
        again = true;
        return decltype(body(database, manifest, extents))();
      }
    });
    if (!again) return result;
  }
}

}  // namespace

std::vector<DocumentRow> Store::documents() const {
  return impl_->read([](Database& database) {
    std::vector<DocumentRow> documents;
    Query row =
        database.query("SELECT path, content_hash, size, mtime_ns FROM documents ORDER BY path");
    while (row.next()) {
      documents.push_back({row.text(0), row.text(1), row.size(2), row.integer(3)});
    }
    return documents;
  });
}

Counts Store::counts() const {
  return impl_->read([&](Database& database) {
    const auto count = [&](const char* sql) {
      return static_cast<std::size_t>(database.integer(sql));
    };
    const Manifest manifest = read_manifest(database);
    const std::vector<Extent> extents = read_extents(database, manifest);
    const auto rows = static_cast<std::size_t>(end_of(extents));
    Counts counts;
    counts.documents = count("SELECT count(*) FROM documents");
    counts.chunks = count("SELECT count(*) FROM chunks");
    counts.vectors_used = count(
        "SELECT count(*) FROM vectors WHERE file_row IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.id)");
    counts.vectors_unused = rows - std::min(rows, counts.vectors_used);
    counts.commit = manifest.commit;
    const DatabaseStamp stamp = database_stamp(impl_->directory);
    counts.database_bytes = stamp.database.size + stamp.wal_bytes;
    counts.vector_bytes = size_or_zero(impl_->directory / vector_file_name(manifest.vector_file));
    if (const auto segment = read_segment(database, impl_->directory, manifest, extents)) {
      counts.sealed_rows = segment->rows;
      counts.segment_bytes = size_or_zero(segment->path);
    }
    return counts;
  });
}

std::uint64_t Store::commit() const {
  return impl_->read([](Database& database) {
    return static_cast<std::uint64_t>(
        database.integer("SELECT commit_number FROM manifest WHERE id = 1"));
  });
}

StoredChunk Store::chunk(ChunkId id) const {
  static const std::string sql = concat(kSelectChunks, "WHERE c.id = ?1");
  return impl_->read([&](Database& database) {
    Query row = database.query(sql, std::to_underlying(id));
    if (!row.next()) {
      throw Error(ErrorCode::kNotFound, concat("chunk ", std::to_underlying(id),
                                               " is not there: removed, replaced or never given"));
    }
    return chunk_of(row);
  });
}

LiveVectors Store::live_vectors() const {
  return *read_vectors(
      *impl_, [&](Database& database, const Manifest& manifest, std::span<const Extent> extents) {
        LiveVectors live;
        std::tie(live.map, live.vectors) = map_rows(impl_->directory, manifest, extents, 0);
        live.commit = manifest.commit;
        read_live_rows(database, end_of(extents), live);
        return std::optional(std::move(live));
      });
}

std::optional<SealedVectors> Store::sealed_vectors() const {
  return read_vectors(*impl_,
                      [&](Database& database, const Manifest& manifest,
                          std::span<const Extent> extents) -> std::optional<SealedVectors> {
                        std::optional<Segment> segment =
                            read_segment(database, impl_->directory, manifest, extents);
                        if (!segment) return std::nullopt;
                        SealedVectors sealed;
                        std::tie(sealed.map, sealed.vectors) =
                            map_rows(impl_->directory, manifest, extents, manifest.sealed_rows);
                        sealed.commit = manifest.commit;
                        sealed.segment = std::move(*segment);
                        return sealed;
                      });
}

std::optional<std::vector<ChunkOfRow>> Store::chunks_of(std::uint64_t commit,
                                                        std::span<const VectorRow> rows) const {
  std::string list = "[";
  for (const VectorRow row : rows)
    list += concat(list.size() > 1 ? "," : "", std::to_underlying(row));
  list += "]";
  return impl_->read([&](Database& database) -> std::optional<std::vector<ChunkOfRow>> {
    if (read_manifest(database).commit != commit) return std::nullopt;
    std::vector<ChunkOfRow> chunks;
    Query row = database.query(
        "SELECT v.file_row, c.id FROM vectors v JOIN chunks c ON c.vector = v.id"
        " WHERE v.file_row IN (SELECT value FROM json_each(?1)) ORDER BY v.file_row, c.id",
        list);
    while (row.next()) chunks.push_back({VectorRow{row.integer(0)}, ChunkId{row.integer(1)}});
    return chunks;
  });
}

std::optional<Segment> Store::segment() const {
  return impl_->read([&](Database& database) {
    const Manifest manifest = read_manifest(database);
    return read_segment(database, impl_->directory, manifest, read_extents(database, manifest));
  });
}

bool Store::has_vector(std::string_view vector_key) const {
  return impl_->read([&](Database& database) {
    return database
        .query("SELECT 1 FROM vectors WHERE vector_key = ?1 AND file_row IS NOT NULL", vector_key)
        .next();
  });
}

std::vector<StoredChunk> Store::chunks_without_vector() const {
  static const std::string sql = concat(kSelectChunks, "WHERE v.file_row IS NULL ORDER BY c.id");
  return impl_->read([&](Database& database) {
    std::vector<StoredChunk> chunks;
    Query row = database.query(sql);
    while (row.next()) chunks.push_back(chunk_of(row));
    return chunks;
  });
}

}  // namespace sememe::store
