// Any bytes as a file of packed weights: an Error, or sections that lie within it.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/section_file_testing.h"
#include "model/packed_file.h"
#include "sememe/error.h"

namespace {

using sememe::Section;

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parse(std::as_bytes(std::span(data, size)));
  std::vector<std::byte> file(size);
  if (size > 0) std::memcpy(file.data(), data, size);
  sememe::sign_sections(file, sememe::model::kPackedVersion);
  parse(file);
  return 0;
}
