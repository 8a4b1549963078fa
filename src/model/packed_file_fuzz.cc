// Any bytes as a file of packed weights: an Error, or sections that lie within it.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/packed_file.h"
#include "sememe/error.h"

namespace {

using sememe::model::Section;

constexpr std::string_view kKey = "fp-fast-int8";

void parse(std::span<const std::byte> file) {
  try {
    for (const Section section : sememe::model::parse_packed(file, kKey)) {
      const auto* begin = reinterpret_cast<const std::byte*>(section.data());
      if (begin < file.data() || begin + section.size() > file.data() + file.size()) {
        __builtin_trap();
      }
    }
  } catch (const sememe::Error&) {
  }
}

// Gives the header this version, and header and table the checksums of what they say, so that
// mutations get past those.
void sign(std::span<std::byte> file) {
  if (file.size() < 128) return;
  std::memcpy(file.data() + 8, &sememe::model::kPackedVersion, sizeof(std::uint32_t));
  std::uint32_t count = 0;
  std::memcpy(&count, file.data() + 12, sizeof count);
  if (count <= (file.size() - 128) / 24) {
    const std::uint64_t table = sememe::xxh3_64(file.subspan(128, std::size_t{24} * count));
    std::memcpy(file.data() + 112, &table, sizeof table);
  }
  const std::uint64_t header = sememe::xxh3_64(file.first(120));
  std::memcpy(file.data() + 120, &header, sizeof header);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parse(std::as_bytes(std::span(data, size)));
  std::vector<std::byte> file(size);
  if (size > 0) std::memcpy(file.data(), data, size);
  sign(file);
  parse(file);
  return 0;
}
