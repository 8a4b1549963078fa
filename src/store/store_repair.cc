// What the next writer does about a vector file that a disk, a person or a crash has hurt.
//
// The rule: an extent whose bytes have its checksum is whole, wherever the rest went; any other is
// given up with all its rows. What is whole moves to a new file, so that extents always lie end to
// end and no bad sector is written to again. The chunks stay, and wait for restore_vectors().
#include <optional>

#include "store/store.h"
#include "store/store_impl.h"

namespace sememe::store {
namespace {

enum class FileState { kWhole, kDamaged };

// The extents that are lost; `state` is kDamaged also when only the header is.
std::vector<Extent> find_lost(const Path& directory, const Manifest& manifest,
                              const std::vector<Extent>& extents, FileState& state) {
  state = FileState::kDamaged;
  std::optional<VectorFileReader> file;
  try {
    file.emplace(directory, manifest.file_name());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return extents;
  }
  std::vector<Extent> lost;
  const auto passes = [](const auto& check) {
    try {
      check();
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCorrupt) throw;
      return false;
    }
  };
  for (const Extent& extent : extents) {
    if (!passes([&] { file->check(extent); })) lost.push_back(extent);
  }
  if (passes([&] { file->check_header(); }) && lost.empty()) state = FileState::kWhole;
  return lost;
}

}  // namespace

void Store::Impl::repair() {
  const Manifest manifest = read_manifest(*database);
  const std::vector<Extent> extents = read_extents(*database, manifest);
  FileState state = FileState::kDamaged;
  const std::vector<Extent> lost = find_lost(directory, manifest, extents, state);
  const bool stray_rows =
      database->integer("SELECT count(*) FROM vectors WHERE file_row < 0 OR file_row >= ?1",
                        end_of(extents)) != 0;
  if (state == FileState::kWhole && !stray_rows) {
    file = VectorFileWriter::open(directory, manifest.file_name(), end_of(extents), *layer);
  } else {
    rewrite(lost);
  }
}

}  // namespace sememe::store
