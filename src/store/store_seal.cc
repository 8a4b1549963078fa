// Segments: what names them, what identifies their rows, and the commit that puts one in place.
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "base/hash.h"
#include "store/segment.h"
#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

constexpr std::string_view kHead = "vectors-";
constexpr std::string_view kTail = ".graph";

// Takes digits off the front of `text`; false when there are none.
bool take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

bool take(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

bool ends_an_extent(std::span<const Extent> extents, std::int64_t rows) {
  return std::ranges::any_of(
      extents, [rows](const Extent& extent) { return extent.first + extent.rows == rows; });
}

}  // namespace

std::string segment_file_name(std::int64_t vector_file, std::int64_t rows) {
  const std::string vectors = vector_file_name(vector_file);
  return concat(vectors.substr(0, vectors.rfind('.')), "-", rows, kTail);
}

bool is_segment_file_name(std::string_view name) {
  return take(name, kHead) && take_digits(name) && take(name, "-") && take_digits(name) &&
         take(name, kTail) && (name.empty() || name.starts_with(".tmp"));
}

// A checksum a run of rows: rows that are the same to the store have one key.
Segment segment_of(const Path& directory, const Manifest& manifest, std::span<const Extent> extents,
                   std::int64_t rows) {
  std::string identity = concat(manifest.identity.dim, " ", manifest.vector_file);
  for (const Extent& extent : extents) {
    if (extent.first < rows) identity += concat(" ", extent.rows, " ", extent.checksum);
  }
  return {.path = directory / segment_file_name(manifest.vector_file, rows),
          .rows = static_cast<std::size_t>(rows),
          .key = xxh3_128_hex(identity)};
}

std::optional<Segment> read_segment(Database& database, const Path& directory,
                                    const Manifest& manifest, std::span<const Extent> extents) {
  const std::int64_t rows = manifest.sealed_rows;
  if (rows == 0) return std::nullopt;
  if (!ends_an_extent(extents, rows)) {
    throw Error(
        ErrorCode::kCorrupt,
        concat(quote(database.path().native()),
               ": manifest: expected sealed rows up to the end of an extent, found ", rows));
  }
  return segment_of(directory, manifest, extents, rows);
}

void Store::seal(std::size_t rows, const std::function<void(const Segment&)>& write) {
  const auto sealed = static_cast<std::int64_t>(rows);
  Manifest before;
  const Segment segment = impl_->read([&](Database& database) {
    impl_->require_writer();
    before = read_manifest(database);
    const std::vector<Extent> extents = read_extents(database, before);
    if (!ends_an_extent(extents, sealed)) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("segment: expected rows up to the end of a write, found ", rows));
    }
    return segment_of(impl_->directory, before, extents, sealed);
  });
  const bool same_file = before.sealed_rows == sealed;
  try {
    write(segment);
    impl_->write([&](Database& database) {
      database.execute("UPDATE manifest SET sealed_rows = ?1 WHERE id = 1", sealed);
    });
  } catch (...) {
    if (!same_file && !impl_->database->outcome_unsure()) {
      std::error_code ignored;  // the next writer removes what no manifest names
      std::filesystem::remove(segment.path, ignored);
    }
    throw;
  }
  if (before.sealed_rows > 0 && !same_file) {
    impl_->layer->unlink(impl_->directory /
                         segment_file_name(before.vector_file, before.sealed_rows));
  }
}

}  // namespace sememe::store
