#include "base/reserved_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/error_context.h"
#include "base/memory.h"

#if !defined(MAP_NORESERVE)
#define MAP_NORESERVE 0
#endif

namespace sememe {

ReservedMemory::ReservedMemory(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    throw Error(ErrorCode::kLimit,
                concat("reserve ", bytes, " bytes of address space: mmap: ", std::strerror(errno)));
  }
  data_ = static_cast<std::byte*>(data);
  advise_huge_pages(data, bytes);
}

ReservedMemory::~ReservedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace sememe
