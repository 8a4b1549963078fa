// Address space that is set aside for what is to come: it is memory only where it was written, and
// nothing in it ever moves.
#ifndef SEMEME_BASE_RESERVED_MEMORY_H_
#define SEMEME_BASE_RESERVED_MEMORY_H_

#include <cstddef>
#include <utility>

namespace sememe {

/// Zeros until they are written. Pages of the system, huge ones where it gives them.
class ReservedMemory {
 public:
  ReservedMemory() = default;
  /// Throws Error(kLimit) when the system refuses so much.
  explicit ReservedMemory(std::size_t bytes);
  ReservedMemory(ReservedMemory&& other) noexcept { swap(other); }
  ReservedMemory& operator=(ReservedMemory&& other) noexcept {
    swap(other);
    return *this;
  }
  ~ReservedMemory();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  void swap(ReservedMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sememe

#endif  // SEMEME_BASE_RESERVED_MEMORY_H_
