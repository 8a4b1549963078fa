#include "kernels/aligned.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace sememe::kernels {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

AlignedFloats::AlignedFloats(std::size_t size) : AlignedFloats(uninitialized(size)) {
  if (size > 0) std::memset(values_.get(), 0, size * sizeof(float));
}

AlignedFloats AlignedFloats::uninitialized(std::size_t size) {
  AlignedFloats out;
  if (size == 0) return out;
  if (size > std::numeric_limits<std::size_t>::max() / 8) throw std::bad_alloc();
  const std::size_t align = size * sizeof(float) >= kHugePage / 2 ? kHugePage : kLine;
  const std::size_t bytes = (size * sizeof(float) + align - 1) / align * align;
  void* memory = std::aligned_alloc(align, bytes);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  // Advice only: where the system has no huge pages the memory works all the same.
  if (align == kHugePage) static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));
#endif
  out.values_.reset(static_cast<float*>(memory));
  out.size_ = size;
  return out;
}

void AlignedFloats::grow(std::size_t size) {
  if (size > size_) *this = AlignedFloats(size);
}

void AlignedFloats::Free::operator()(float* values) const { std::free(values); }

}  // namespace sememe::kernels
