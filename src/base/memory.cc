#include "base/memory.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

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

}  // namespace sememe
