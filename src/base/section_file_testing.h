// Checksums for mutated files of sections, so that mutations get past them.
#ifndef SEMEME_BASE_SECTION_FILE_TESTING_H_
#define SEMEME_BASE_SECTION_FILE_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/hash.h"

namespace sememe {

/// Gives the header this version, and the sections, their table and the header the checksums of
/// what they say (docs/formats/packed-weights.md), as far as they lie within the file.
inline void sign_sections(std::span<std::byte> file, std::uint32_t version) {
  if (file.size() < 128) return;
  const auto put = [&](std::size_t offset, std::uint64_t value) {
    std::memcpy(file.data() + offset, &value, sizeof value);
  };
  const auto get = [&](std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
  };
  std::memcpy(file.data() + 8, &version, sizeof version);
  std::uint32_t count = 0;
  std::memcpy(&count, file.data() + 12, sizeof count);
  if (count <= (file.size() - 128) / 24) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t offset = get(128 + 24 * i);
      const std::uint64_t size = get(128 + 24 * i + 8);
      if (offset > file.size() || size > file.size() - offset) continue;
      put(128 + 24 * i + 16, xxh3_64(file.subspan(offset, size)));
    }
    put(112, xxh3_64(file.subspan(128, std::size_t{24} * count)));
  }
  put(120, xxh3_64(file.first(120)));
}

}  // namespace sememe

#endif  // SEMEME_BASE_SECTION_FILE_TESTING_H_
