#include "model/checksums.h"

#include <chrono>
#include <cstdlib>

#include "base/error_context.h"
#include "base/hash.h"
#include "model/catalog.h"
#include "model/sentence_transformers.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

constexpr std::uint64_t kMaxCacheBytes = 16 << 20;
constexpr std::int64_t kSettledNs = 2'000'000'000;

Json load_entries(const Path& file) {
  try {
    Json json = read_json(file, kMaxCacheBytes);
    if (json.is_object()) return json;
  } catch (const Error&) {
    // An unusable cache is an empty one.
  }
  return Json::object();
}

std::int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::string path_key(const Path& file) {
  const std::string key = std::filesystem::absolute(file).lexically_normal().native();
  // JSON holds only valid UTF-8; a path that is not gets an entry under its checksum.
  return Json(key).dump(-1, ' ', true, Json::error_handler_t::ignore).size() >= key.size() + 2
             ? key
             : xxh3_128_hex(key);
}

// The remembered checksum, or "" when the entry is missing or of another size, time or shape.
std::string remembered(const Json& entries, const std::string& key, const FileStamp& stamp,
                       const char* kind) {
  const auto entry = entries.find(key);
  if (entry == entries.end() || !entry->is_object()) return "";
  const auto size = entry->find("size");
  const auto mtime = entry->find("mtime_ns");
  const auto value = entry->find(kind);
  if (size == entry->end() || mtime == entry->end() || value == entry->end()) return "";
  return *size == stamp.size && *mtime == stamp.mtime_ns && value->is_string()
             ? value->get<std::string>()
             : "";
}

std::string compute(const Path& file, std::string_view kind) {
  if (kind == "sha256") return sha256_hex_of_file(file);
  const MappedFile map = MappedFile::open(file);
  return xxh3_128_hex({reinterpret_cast<const char*>(map.bytes().data()), map.bytes().size()});
}

}  // namespace

ChecksumCache::ChecksumCache(Path file)
    : cache_file_(std::move(file)), entries_(load_entries(cache_file_)) {}

ChecksumCache::~ChecksumCache() {
  if (!changed_ || cache_file_.empty()) return;
  try {
    std::filesystem::create_directories(cache_file_.parent_path());
    write_file_atomic(cache_file_, entries_.dump(1, ' ', true, Json::error_handler_t::replace));
  } catch (const std::exception&) {
    // The next run computes the checksums again.
  }
}

std::string ChecksumCache::xxh3(const Path& file) { return checksum(file, "xxh3"); }

std::string ChecksumCache::sha256(const Path& file) { return checksum(file, "sha256"); }

std::string ChecksumCache::checksum(const Path& file, const char* kind) {
  const FileStamp stamp = file_stamp(file);
  const std::string key = path_key(file);
  std::string value = remembered(entries_, key, stamp, kind);
  if (!value.empty()) return value;
  value = compute(file, kind);
  if (file_stamp(file) == stamp && stamp.mtime_ns < now_ns() - kSettledNs) {
    Json& entry = entries_[key];
    if (!entry.is_object() || entry.value("size", Json()) != stamp.size ||
        entry.value("mtime_ns", Json()) != stamp.mtime_ns) {
      entry = {{"size", stamp.size}, {"mtime_ns", stamp.mtime_ns}};
    }
    entry[kind] = value;
    changed_ = true;
  }
  return value;
}

Path cache_folder() {
  const char* value = std::getenv("SEMEME_CACHE");
  const std::string_view word = value == nullptr ? "" : value;
  if (word == "off") return {};
  if (word.empty() || word == "on") return sememe_home() / "cache";
  throw Error(ErrorCode::kInvalidArgument,
              concat("SEMEME_CACHE: expected on or off, found ", quote(word)));
}

Path checksum_cache_file() {
  const Path folder = cache_folder();
  return folder.empty() ? folder : folder / "checksums.json";
}

std::string model_fingerprint(const Path& directory) {
  ChecksumCache cache(checksum_cache_file());
  return model_fingerprint(directory, cache);
}

std::string model_fingerprint(const Path& directory, ChecksumCache& cache) {
  return model_fingerprint(directory, read_model_config(directory).config_files, cache);
}

std::string model_fingerprint(const Path& directory, std::span<const std::string> files,
                              ChecksumCache& cache) {
  std::string summary;
  for (const std::string& name : files) {
    std::error_code ignored;
    const Path file = directory / name;
    if (!std::filesystem::exists(file, ignored)) continue;
    summary += name + '\0' + cache.xxh3(file) + '\n';
  }
  return xxh3_128_hex(summary);
}

}  // namespace sememe::model
