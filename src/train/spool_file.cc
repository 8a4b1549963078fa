#include "train/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error_context.h"

namespace sememe::train {

UnnamedFile::UnnamedFile(const Path& directory)
    : directory_(directory.empty() ? std::filesystem::temp_directory_path() : directory),
      file_(open_file(directory_, O_TMPFILE | O_RDWR, 0600)) {}

UnnamedFile::~UnnamedFile() {
  if (data_ != nullptr) ::munmap(data_, written_);
}

UnnamedFile::UnnamedFile(UnnamedFile&& other) noexcept
    : directory_(std::move(other.directory_)),
      file_(std::move(other.file_)),
      written_(other.written_),
      data_(std::exchange(other.data_, nullptr)) {}

UnnamedFile& UnnamedFile::operator=(UnnamedFile&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(file_, other.file_);
  std::swap(written_, other.written_);
  std::swap(data_, other.data_);
  return *this;
}

void UnnamedFile::append(std::span<const std::byte> bytes) {
  write_all(file_, directory_ / "(unnamed)", bytes);
  written_ += bytes.size();
}

std::span<std::byte> UnnamedFile::map() {
  if (written_ == 0) return {};
  void* data = ::mmap(nullptr, written_, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (data == MAP_FAILED) {
    throw Error(ErrorCode::kIo,
                concat("mmap a file in ", quote(directory_.string()), ": ", std::strerror(errno)));
  }
  data_ = static_cast<std::byte*>(data);
  return {data_, written_};
}

}  // namespace sememe::train
