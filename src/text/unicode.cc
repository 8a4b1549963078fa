#include "text/unicode.h"

#include <utf8proc.h>

#include "base/error_context.h"

namespace sememe::text {
namespace {

constexpr char32_t kCombiningDotAbove = 0x307;
constexpr char32_t kCapitalIWithDot = 0x130;

CodePointSequence single(char32_t code_point) { return {{code_point}, 1}; }

// The symbols among Other_Alphabetic: circled, squared and parenthesised Latin letters. The rest of
// that property consists of marks, which is_word_character takes by category.
bool is_alphabetic_symbol(char32_t c) {
  return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
         (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

bool is_join_control(char32_t c) { return c == 0x200C || c == 0x200D; }

}  // namespace

Category category(char32_t code_point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
      return Category::kUpperLetter;
    case UTF8PROC_CATEGORY_LT:
      return Category::kTitleLetter;
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return Category::kOtherLetter;
    case UTF8PROC_CATEGORY_MN:
      return Category::kNonspacingMark;
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Category::kOtherMark;
    case UTF8PROC_CATEGORY_ND:
      return Category::kDecimalNumber;
    case UTF8PROC_CATEGORY_NL:
      return Category::kLetterNumber;
    case UTF8PROC_CATEGORY_NO:
      return Category::kOtherNumber;
    case UTF8PROC_CATEGORY_PC:
      return Category::kConnector;
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return Category::kPunctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return Category::kSymbol;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return Category::kSeparator;
    case UTF8PROC_CATEGORY_CC:
      return Category::kControl;
    case UTF8PROC_CATEGORY_CF:
      return Category::kFormat;
    case UTF8PROC_CATEGORY_CO:
      return Category::kPrivateUse;
    default:
      return Category::kUnassigned;
  }
}

bool is_word_character(char32_t code_point) {
  const Category c = category(code_point);
  return is_letter(c) || c == Category::kNonspacingMark || c == Category::kOtherMark ||
         c == Category::kDecimalNumber || c == Category::kLetterNumber ||
         c == Category::kConnector || is_join_control(code_point) ||
         is_alphabetic_symbol(code_point);
}

std::uint8_t combining_class(char32_t code_point) {
  const auto* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point));
  return static_cast<std::uint8_t>(property->combining_class);
}

CodePointSequence canonical_decomposition(char32_t code_point) {
  std::array<utf8proc_int32_t, 4> parts{};
  int boundary = 0;
  const utf8proc_ssize_t size = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(code_point), parts.data(),
      static_cast<utf8proc_ssize_t>(parts.size()), UTF8PROC_DECOMPOSE, &boundary);
  if (size < 0) return single(code_point);  // past U+10FFFF
  SEMEME_CHECK(static_cast<std::size_t>(size) <= parts.size());
  CodePointSequence out;
  for (; out.size < static_cast<std::size_t>(size); ++out.size) {
    out.values[out.size] = static_cast<char32_t>(parts[out.size]);
  }
  return out;
}

CodePointSequence to_lower(char32_t code_point) {
  // The one full mapping without context that differs from the simple one.
  if (code_point == kCapitalIWithDot) return {{U'i', kCombiningDotAbove}, 2};
  return single(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))));
}

}  // namespace sememe::text
