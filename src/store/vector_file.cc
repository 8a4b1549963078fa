#include "store/vector_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::store {
namespace {

constexpr std::string_view kMagic = "SEMEMEVF";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kChecksumOffset = kVectorHeaderBytes - sizeof(std::uint64_t);
constexpr char kMend[] = "; \"sememe index\" mends it";

[[noreturn]] void throw_errno(std::string_view call, const Path& path) {
  throw Error(ErrorCode::kIo, concat(call, " ", quote(path.native()), ": ", std::strerror(errno)));
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

template <class T>
void store_at(std::span<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template <class T>
T load_at(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

[[noreturn]] void throw_header(const Path& path, std::string_view expected,
                               std::string_view found) {
  throw Error(ErrorCode::kCorrupt,
              concat("vector file ", quote(path.native()), ": header: expected ", expected,
                     ", found ", found, kMend));
}

}  // namespace

std::string vector_file_name(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return concat("vectors-", digits, ".f32");
}

bool is_vector_file_name(std::string_view name) {
  constexpr std::string_view kHead = "vectors-";
  constexpr std::string_view kTail = ".f32";
  if (!name.starts_with(kHead) || !name.ends_with(kTail)) return false;
  if (name.size() < kHead.size() + 6 + kTail.size()) return false;
  const std::string_view digits =
      name.substr(kHead.size(), name.size() - kHead.size() - kTail.size());
  return digits.find_first_not_of("0123456789") == std::string_view::npos;
}

std::array<std::byte, kVectorHeaderBytes> encode_vector_header(const VectorFileName& name) {
  std::array<std::byte, kVectorHeaderBytes> bytes{};
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  store_at(bytes, 8, kVersion);
  store_at(bytes, 12, static_cast<std::uint32_t>(name.dim));
  store_at(bytes, 16, static_cast<std::uint64_t>(name.number));
  store_at(bytes, kChecksumOffset, xxh3_64(std::span(bytes).first(kChecksumOffset)));
  return bytes;
}

void check_vector_header(std::span<const std::byte> bytes, const VectorFileName& name,
                         const Path& path) {
  if (bytes.size() < kVectorHeaderBytes) {
    throw_header(path, concat(kVectorHeaderBytes, " bytes"), concat(bytes.size()));
  }
  if (std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    const std::string_view found(reinterpret_cast<const char*>(bytes.data()), kMagic.size());
    throw_header(path, quote(kMagic), quote(found));
  }
  const auto checksum = load_at<std::uint64_t>(bytes, kChecksumOffset);
  const std::uint64_t actual = xxh3_64(bytes.first(kChecksumOffset));
  if (checksum != actual) throw_header(path, concat("checksum ", hex(checksum)), hex(actual));
  const auto version = load_at<std::uint32_t>(bytes, 8);
  if (version != kVersion) throw_header(path, concat("version ", kVersion), concat(version));
  const auto dim = load_at<std::uint32_t>(bytes, 12);
  if (dim != name.dim) throw_header(path, concat("dim ", name.dim), concat(dim));
  const auto number = load_at<std::uint64_t>(bytes, 16);
  if (number != static_cast<std::uint64_t>(name.number)) {
    throw_header(path, concat("file number ", name.number), concat(number));
  }
}

void FileLayer::write(const FileHandle& file, const Path& path, std::uint64_t offset,
                      std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_errno("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
}

void FileLayer::sync(const FileHandle& file, const Path& path) { sync_file(file, path); }

void FileLayer::truncate(const FileHandle& file, const Path& path, std::uint64_t size) {
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) throw_errno("truncate", path);
}

void FileLayer::sync_directory(const Path& directory) { sememe::sync_directory(directory); }

void FileLayer::unlink(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("unlink", path);
}

FileLayer& FileLayer::system() {
  static FileLayer layer;
  return layer;
}

VectorFileReader::VectorFileReader(const Path& directory, const VectorFileName& name)
    : path_(directory / vector_file_name(name.number)),
      name_(name),
      map_(MappedFile::open(path_)) {}

void VectorFileReader::check_header() const { check_vector_header(map_.bytes(), name_, path_); }

std::span<const std::byte> VectorFileReader::bytes(const Extent& extent) const {
  const std::size_t stride = name_.dim * sizeof(float);
  const std::uint64_t payload =
      size_bytes() - std::min<std::uint64_t>(size_bytes(), kVectorHeaderBytes);
  const std::uint64_t rows_in_file = payload / stride;
  const auto first = static_cast<std::uint64_t>(extent.first);
  const auto rows = static_cast<std::uint64_t>(extent.rows);
  if (first > rows_in_file || rows > rows_in_file - first) {
    throw Error(
        ErrorCode::kCorrupt,
        concat("vector file ", quote(path_.native()), ": expected rows ", extent.first, " to ",
               extent.first + extent.rows - 1, ", file of ", size_bytes(), " bytes ends with row ",
               static_cast<std::int64_t>(rows_in_file) - 1, kMend));
  }
  return map_.bytes().subspan(kVectorHeaderBytes + first * stride, rows * stride);
}

void VectorFileReader::check(const Extent& extent) const {
  const std::span<const std::byte> stored = bytes(extent);
  const std::uint64_t actual = xxh3_64(stored);
  if (actual == extent.checksum) return;
  throw Error(ErrorCode::kCorrupt,
              concat("vector file ", quote(path_.native()), ": rows ", extent.first, " to ",
                     extent.first + extent.rows - 1, " at byte offset ",
                     stored.data() - map_.bytes().data(), ": expected checksum ",
                     hex(extent.checksum), ", found ", hex(actual), kMend));
}

std::span<const float> VectorFileReader::row(std::int64_t row) const {
  return {reinterpret_cast<const float*>(bytes({.first = row, .rows = 1}).data()), name_.dim};
}

VectorFileWriter VectorFileWriter::create(const Path& directory, const VectorFileName& name,
                                          FileLayer& layer) {
  VectorFileWriter writer(directory / vector_file_name(name.number), name, layer);
  writer.file_ = open_file(writer.path_, O_WRONLY | O_CREAT | O_TRUNC);
  layer.write(writer.file_, writer.path_, 0, encode_vector_header(name));
  layer.sync(writer.file_, writer.path_);
  layer.sync_directory(directory);
  return writer;
}

VectorFileWriter VectorFileWriter::open(const Path& directory, const VectorFileName& name,
                                        std::int64_t end, FileLayer& layer) {
  VectorFileWriter writer(directory / vector_file_name(name.number), name, layer);
  writer.file_ = open_file(writer.path_, O_WRONLY);
  writer.end_ = end;
  if (file_stamp(writer.file_, writer.path_).size > writer.offset(end)) writer.cut(end);
  return writer;
}

std::uint64_t VectorFileWriter::offset(std::int64_t row) const {
  return kVectorHeaderBytes + static_cast<std::uint64_t>(row) * name_.dim * sizeof(float);
}

void VectorFileWriter::append(std::span<const float> row) {
  SEMEME_CHECK(row.size() == name_.dim);
  const auto bytes = std::as_bytes(row);
  gathered_.insert(gathered_.end(), bytes.begin(), bytes.end());
  ++end_;
  if (gathered_.size() >= kMaxExtentBytes) write_gathered();
}

void VectorFileWriter::write_gathered() {
  if (gathered_.empty()) return;
  const auto rows = static_cast<std::int64_t>(gathered_.size() / (name_.dim * sizeof(float)));
  const std::int64_t first = end_ - rows;
  layer_->write(file_, path_, offset(first), gathered_);
  extents_.push_back({first, rows, xxh3_64(gathered_)});
  gathered_.clear();
}

std::vector<Extent> VectorFileWriter::flush() {
  write_gathered();
  if (!extents_.empty()) layer_->sync(file_, path_);
  return std::exchange(extents_, {});
}

void VectorFileWriter::cut(std::int64_t end) {
  gathered_.clear();
  extents_.clear();
  end_ = end;
  layer_->truncate(file_, path_, offset(end));
}

}  // namespace sememe::store
