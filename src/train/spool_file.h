// What is written once and then worked on in place, larger than memory: an unnamed file, mapped.
#ifndef SEMEME_TRAIN_SPOOL_FILE_H_
#define SEMEME_TRAIN_SPOOL_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "base/file.h"

namespace sememe::train {

/// A file that has no name, so nothing is left of it when the program ends, however it ends.
class UnnamedFile {
 public:
  /// directory: where it lies; empty: the system's place for such files.
  explicit UnnamedFile(const Path& directory);
  ~UnnamedFile();
  UnnamedFile(UnnamedFile&& other) noexcept;
  UnnamedFile& operator=(UnnamedFile&& other) noexcept;

  void append(std::span<const std::byte> bytes);
  /// All of it, to read and to write. Nothing can be appended afterwards.
  std::span<std::byte> map();

 private:
  Path directory_;
  FileHandle file_;
  std::uint64_t written_ = 0;
  std::byte* data_ = nullptr;
};

/// Values of an unnamed file. The system keeps as much of it in memory as there is room for.
template <class T>
  requires std::is_trivially_copyable_v<T>
class SpoolFile {
 public:
  explicit SpoolFile(const Path& directory) : file_(directory) { buffer_.reserve(kBuffered); }

  void append(T value) {
    buffer_.push_back(value);
    if (buffer_.size() >= kBuffered) write_out();
  }
  void append(std::span<const T> values) {
    buffer_.insert(buffer_.end(), values.begin(), values.end());
    if (buffer_.size() >= kBuffered) write_out();
  }
  /// Writes out and maps what was appended; nothing can be appended afterwards.
  std::span<T> finish() {
    write_out();
    const std::span<std::byte> bytes = file_.map();
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

 private:
  static constexpr std::size_t kBuffered = (std::size_t{1} << 18) / sizeof(T);
  void write_out() {
    file_.append(std::as_bytes(std::span(buffer_)));
    buffer_.clear();
  }

  UnnamedFile file_;
  std::vector<T> buffer_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_SPOOL_FILE_H_
