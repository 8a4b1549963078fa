// The UTF-8 grammar spelled out slowly: decodes bit by bit and then asks whether the value may
// stand there. The oracle of the fast validation, for tests and the fuzzer.
#ifndef SEMEME_TEXT_UTF8_ORACLE_H_
#define SEMEME_TEXT_UTF8_ORACLE_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace sememe::text::oracle {

/// Offset of the first byte that starts no well-formed sequence.
inline std::optional<std::size_t> find_invalid(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t first = byte(at);
    std::size_t size = 0;
    char32_t value = 0;
    if ((first & 0x80) == 0) size = 1, value = first;
    if ((first & 0xE0) == 0xC0) size = 2, value = first & 0x1F;
    if ((first & 0xF0) == 0xE0) size = 3, value = first & 0x0F;
    if ((first & 0xF8) == 0xF0) size = 4, value = first & 0x07;
    if (size == 0 || at + size > text.size()) return at;
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return at;
      value = value << 6 | (byte(at + i) & 0x3F);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < kSmallest[size] || value > 0x10FFFF || is_surrogate) return at;
    at += size;
  }
  return std::nullopt;
}

}  // namespace sememe::text::oracle

#endif  // SEMEME_TEXT_UTF8_ORACLE_H_
