// Storage for kernels: aligned to cache lines, on huge pages where it is large.
#ifndef SEMEME_KERNELS_ALIGNED_H_
#define SEMEME_KERNELS_ALIGNED_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace sememe::kernels {

/// `bytes` bytes, 64-byte aligned, for free_aligned. From 1 MiB on they are aligned to 2 MiB and
/// the kernel is asked for huge pages: packing 40 MB of weights otherwise spends most of its time
/// in page faults, and streaming them misses the TLB. Throws std::bad_alloc.
void* allocate_aligned(std::size_t bytes);
void free_aligned(void* memory);

/// An owned array of numbers, 64-byte aligned, zeroed.
template <class T>
class AlignedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : AlignedArray(uninitialized(size)) {
    if (size > 0) std::memset(values_.get(), 0, size * sizeof(T));
  }
  /// The same, not zeroed: for memory that is about to be written.
  static AlignedArray uninitialized(std::size_t size) {
    AlignedArray out;
    if (size == 0) return out;
    if (size > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_alloc();
    out.values_.reset(static_cast<T*>(allocate_aligned(size * sizeof(T))));
    out.size_ = size;
    return out;
  }
  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }
  /// At least `size` values; existing ones are lost when it has to grow.
  void grow(std::size_t size) {
    if (size > size_) *this = AlignedArray(size);
  }

 private:
  struct Free {
    void operator()(T* values) const { free_aligned(values); }
  };
  std::unique_ptr<T[], Free> values_;
  std::size_t size_ = 0;
};

using AlignedFloats = AlignedArray<float>;
using AlignedBytes = AlignedArray<std::uint8_t>;

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_ALIGNED_H_
