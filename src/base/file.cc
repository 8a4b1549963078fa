#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error_context.h"

namespace sememe {
namespace {

[[noreturn]] void throw_errno(std::string_view call, const Path& path, int number = errno) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
              concat(call, " ", quote(path.native()), ": ", std::strerror(number)));
}

FileStamp to_stamp(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileHandle open_file(const Path& path, int flags, unsigned mode) {
  FileHandle file(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!file) throw_errno("open", path);
  return file;
}

FileStamp file_stamp(const Path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) throw_errno("stat", path);
  return to_stamp(status);
}

FileStamp file_stamp(const FileHandle& file, const Path& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) throw_errno("stat", path);
  return to_stamp(status);
}

std::string read_file(const Path& path, std::uint64_t max_bytes) {
  const FileHandle file = open_file(path, O_RDONLY);
  const std::uint64_t size = file_stamp(file, path).size;
  if (size > max_bytes) {
    throw Error(ErrorCode::kLimit, concat("read ", quote(path.native()), ": expected at most ",
                                          max_bytes, " bytes, file has ", size));
  }
  // One byte more than stat said, so that a file that grows meanwhile (or a pipe of size 0) is read
  // to its end.
  std::string bytes(size + 1, '\0');
  std::size_t used = 0;
  while (true) {
    const ssize_t got = ::read(file.get(), bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("read", path);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) {
      throw Error(ErrorCode::kLimit, concat("read ", quote(path.native()), ": expected at most ",
                                            max_bytes, " bytes, found more"));
    }
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(used);
  return bytes;
}

void write_all(const FileHandle& file, const Path& path, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_errno("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void write_all(const FileHandle& file, const Path& path,
               std::span<const std::span<const std::byte>> pieces) {
  std::vector<iovec> rest;
  for (const std::span<const std::byte> piece : pieces) {
    if (piece.empty()) continue;
    rest.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
  }
  for (std::span<iovec> left(rest); !left.empty();) {
    const auto count = std::min<std::size_t>(left.size(), IOV_MAX);
    ssize_t put = ::writev(file.get(), left.data(), static_cast<int>(count));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_errno("writev", path);
    while (!left.empty() && static_cast<std::size_t>(put) >= left.front().iov_len) {
      put -= static_cast<ssize_t>(left.front().iov_len);
      left = left.subspan(1);
    }
    if (put == 0) continue;
    iovec& first = left.front();
    first.iov_base = static_cast<std::byte*>(first.iov_base) + put;
    first.iov_len -= static_cast<std::size_t>(put);
  }
}

void sync_file(const FileHandle& file, const Path& path) {
  if (::fdatasync(file.get()) != 0) throw_errno("fdatasync", path);
}

void sync_directory(const Path& directory) {
  const FileHandle handle =
      open_file(directory.empty() ? Path(".") : directory, O_RDONLY | O_DIRECTORY);
  if (::fsync(handle.get()) != 0) throw_errno("fsync", directory);
}

void rename_file(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int number = errno;
    throw_errno(concat("rename ", quote(from.native()), " to"), to, number);
  }
}

FileWriter::FileWriter(Path path) : path_(std::move(path)), temporary_(path_) {
  temporary_ += concat(".tmp", ::getpid());
  file_ = open_file(temporary_, O_WRONLY | O_CREAT | O_TRUNC);
}

FileWriter::~FileWriter() {
  if (!finished_) ::unlink(temporary_.c_str());
}

void FileWriter::append(std::string_view bytes) { append(std::as_bytes(std::span(bytes))); }

void FileWriter::append(std::span<const std::byte> bytes) {
  constexpr std::size_t kBuffered = std::size_t{1} << 18;
  if (buffer_.size() + bytes.size() > kBuffered) write_out();
  if (bytes.size() > kBuffered) {
    write_all(file_, temporary_, bytes);
  } else {
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
}

void FileWriter::overwrite(std::uint64_t offset, std::string_view bytes) {
  write_out();
  if (::lseek(file_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) throw_errno("lseek", path_);
  write_all(file_, temporary_, std::as_bytes(std::span(bytes)));
  if (::lseek(file_.get(), 0, SEEK_END) < 0) throw_errno("lseek", path_);
}

void FileWriter::write_out() {
  write_all(file_, temporary_, std::as_bytes(std::span(std::string_view(buffer_))));
  buffer_.clear();
}

void FileWriter::finish() {
  write_out();
  sync_file(file_, temporary_);
  rename_file(temporary_, path_);
  finished_ = true;
  sync_directory(path_.parent_path());
}

void write_file_atomic(const Path& path, std::string_view bytes) {
  FileWriter writer(path);
  writer.append(bytes);
  writer.finish();
}

MappedFile MappedFile::open(const Path& path) {
  const FileHandle file = open_file(path, O_RDONLY);
  MappedFile map;
  map.size_ = file_stamp(file, path).size;
  if (map.size_ == 0) return map;
  void* data = ::mmap(nullptr, map.size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) {
    map.size_ = 0;
    throw_errno("mmap", path);
  }
  map.data_ = static_cast<const std::byte*>(data);
  return map;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace sememe
