// How much memory this process holds.
#ifndef SEMEME_BASE_MEMORY_H_
#define SEMEME_BASE_MEMORY_H_

#include <cstdint>

namespace sememe {

struct MemoryUse {
  std::uint64_t resident = 0;  ///< bytes in memory now, mapped files included
  std::uint64_t peak = 0;      ///< the most since the process began or reset_peak_memory()
};

/// As Linux counts it (/proc/self/status); zeros where that cannot be read.
MemoryUse memory_use();

/// Lets the peak begin again at what is resident now. Whether the system did it.
bool reset_peak_memory();

/// Gives memory that was freed back to the system, as far as the allocator holds any.
void release_free_memory();

}  // namespace sememe

#endif  // SEMEME_BASE_MEMORY_H_
