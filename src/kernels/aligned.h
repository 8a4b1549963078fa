// Float storage for kernels: aligned to cache lines, on huge pages where it is large.
#ifndef SEMEME_KERNELS_ALIGNED_H_
#define SEMEME_KERNELS_ALIGNED_H_

#include <cstddef>
#include <memory>

namespace sememe::kernels {

/// An owned array of floats, 64-byte aligned, zeroed. From 1 MiB on it is aligned to 2 MiB and the
/// kernel is asked for huge pages: packing 40 MB of weights otherwise spends most of its time in
/// page faults, and streaming them misses the TLB.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size);
  /// The same, not zeroed: for memory that is about to be written.
  static AlignedFloats uninitialized(std::size_t size);
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  /// At least `size` values; existing ones are lost when it has to grow.
  void grow(std::size_t size);

 private:
  struct Free {
    void operator()(float* values) const;
  };
  std::unique_ptr<float[], Free> values_;
  std::size_t size_ = 0;
};

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_ALIGNED_H_
