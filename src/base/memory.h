// How much memory this process holds, and how it comes by it.
#ifndef SEMEME_BASE_MEMORY_H_
#define SEMEME_BASE_MEMORY_H_

#include <cstddef>
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

/// Asks for huge pages where `data` holds whole ones. Advice only, for memory that was not touched
/// yet: a page of 2 MiB is one fault instead of 512.
void advise_huge_pages(void* data, std::size_t bytes);

}  // namespace sememe

#endif  // SEMEME_BASE_MEMORY_H_
