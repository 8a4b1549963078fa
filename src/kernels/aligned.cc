#include "kernels/aligned.h"

#include <sys/mman.h>

#include <cstdlib>

namespace sememe::kernels {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  const std::size_t align = bytes >= kHugePage / 2 ? kHugePage : kLine;
  const std::size_t whole = (bytes + align - 1) / align * align;
  void* memory = std::aligned_alloc(align, whole);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  // Advice only: where the system has no huge pages the memory works all the same.
  if (align == kHugePage) static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));
#endif
  return memory;
}

void free_aligned(void* memory) { std::free(memory); }

}  // namespace sememe::kernels
