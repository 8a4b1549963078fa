// .safetensors files that tests write byte by byte.
#ifndef SEMEME_VECTORS_SAFETENSORS_TESTING_H_
#define SEMEME_VECTORS_SAFETENSORS_TESTING_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sememe::vectors {

/// header length, header, data: the three parts of a .safetensors file.
inline std::string safetensors_bytes(const std::string& header, std::string_view data) {
  std::string out;
  for (int i = 0; i < 8; ++i) {
    out += static_cast<char>((static_cast<std::uint64_t>(header.size()) >> (8 * i)) & 255);
  }
  return out + header + std::string(data);
}

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_SAFETENSORS_TESTING_H_
