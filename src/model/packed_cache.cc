#include "model/packed_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "base/error_context.h"
#include "model/checksums.h"

namespace sememe::model {
namespace {

// Fewer weights are packed in about the time that it takes to find their file.
constexpr std::size_t kSmallestWeights = 1 << 20;
constexpr auto kDay = std::chrono::hours(24);

struct CachedFile {
  Path path;
  std::filesystem::file_time_type used;
  std::uint64_t size;
};

// The files of a folder, the last used first; what is not ours, or gone meanwhile, is left out.
std::vector<CachedFile> list_files(const Path& folder) {
  std::vector<CachedFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::error_code gone;
    if (!entry.path().filename().native().contains(".bin")) continue;
    if (!entry.is_regular_file(gone) || gone) continue;
    CachedFile file{entry.path(), entry.last_write_time(gone), 0};
    if (!gone) file.size = entry.file_size(gone);
    if (!gone) files.push_back(std::move(file));
  }
  std::ranges::sort(files, std::greater(), &CachedFile::used);
  return files;
}

// The time of a file is that of its last use, within a day.
void mark_used(const Path& path) {
  std::error_code failed;
  const auto now = std::filesystem::file_time_type::clock::now();
  const auto used = std::filesystem::last_write_time(path, failed);
  if (!failed && now - used > kDay) std::filesystem::last_write_time(path, now, failed);
}

void remove_unused(const Path& folder, const Path& newest) {
  const auto now = std::filesystem::file_time_type::clock::now();
  std::uint64_t total = 0;
  for (const CachedFile& file : list_files(folder)) {
    total += file.size;
    const bool unfinished = !file.path.native().ends_with(".bin");
    const bool old = now - file.used > (unfinished ? kDay : PackedCache::kUnusedDays * kDay);
    if (file.path == newest || (!old && total <= PackedCache::kCacheBytes)) continue;
    std::error_code ignored;  // another process may have been faster
    std::filesystem::remove(file.path, ignored);
  }
}

}  // namespace

PackedCache::PackedCache(Path folder, Path model, const ModelConfig& config)
    : folder_(std::move(folder)), model_(std::move(model)), config_files_(config.config_files) {
  fingerprint_ = fingerprint_now();
}

PackedCache PackedCache::of_model(const Path& model, const ModelConfig& config) {
  const std::size_t layer =
      4 * config.hidden * config.hidden + 2 * config.hidden * config.intermediate;
  if (config.layers * layer < kSmallestWeights) return {};
  Path folder = cache_folder();
  return folder.empty() ? PackedCache() : PackedCache(std::move(folder), model, config);
}

std::string PackedCache::fingerprint_now() const {
  ChecksumCache checksums(folder_ / "checksums.json");
  return model_fingerprint(model_, config_files_, checksums);
}

std::string PackedCache::key(std::string_view kind) const {
  return concat(fingerprint_, "-", kind);
}

Path PackedCache::file(std::string_view kind) const {
  return folder_ / "packed" / concat(key(kind), ".bin");
}

std::optional<PackedFile> PackedCache::find(std::string_view kind,
                                            std::span<const std::size_t> sizes) const {
  if (folder_.empty()) return std::nullopt;
  const Path path = file(kind);
  try {
    PackedFile packed = open_packed(path, key(kind));
    if (!std::ranges::equal(packed.sections(), sizes, {}, &Section::size)) {
      throw Error(ErrorCode::kCorrupt, concat("packed weights ", quote(path.native()),
                                              ": expected sections of other sizes"));
    }
    mark_used(path);
    return packed;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCorrupt) {
      std::fprintf(stderr, "sememe: warning: %s; packing the weights anew\n", error.what());
    }
    return std::nullopt;
  }
}

void PackedCache::keep(std::string_view kind, std::span<const Section> sections) const {
  if (folder_.empty()) return;
  const Path path = file(kind);
  try {
    if (fingerprint_now() != fingerprint_) return;
    std::filesystem::create_directories(path.parent_path());
    write_packed(path, key(kind), sections);
    remove_unused(path.parent_path(), path);
  } catch (const std::exception&) {
    // A read-only home, a full disk: the next start packs again.
  }
}

}  // namespace sememe::model
