#include "base/memory.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <sys/mman.h>

#include <fstream>
#include <string>

namespace sememe {

MemoryUse memory_use() {
  MemoryUse use;
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    std::uint64_t* const wanted = word == "VmRSS:"   ? &use.resident
                                  : word == "VmHWM:" ? &use.peak
                                                     : nullptr;
    std::uint64_t kib = 0;
    if (wanted != nullptr && file >> kib) *wanted = kib << 10;
  }
  return use;
}

bool reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;  // proc(5): resets the peak resident set size
  return file.good();
}

void release_free_memory() {
#if defined(__GLIBC__)
  static_cast<void>(malloc_trim(0));
#endif
}

void advise_huge_pages(void* data, std::size_t bytes) {
#if defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20;
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t begin = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (address + bytes) / kHugePage * kHugePage;
  if (begin >= end) return;
  static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
#else
  static_cast<void>(data);
  static_cast<void>(bytes);
#endif
}

}  // namespace sememe
