#include "text/words.h"

namespace sememe::text {

std::size_t word_boundary(std::string_view text) {
  for (std::size_t i = text.size(); i > 0; --i) {
    if (text[i - 1] == '\n' || internal::is_space(text[i - 1])) return i;
  }
  // Not inside a code point: before the last byte that begins one.
  for (std::size_t i = text.size(); i > 0 && text.size() - i < 4; --i) {
    if ((static_cast<unsigned char>(text[i - 1]) & 0xC0) != 0x80) return i - 1;
  }
  return text.size();
}

}  // namespace sememe::text
