// Properties and mappings of code points, from utf8proc's tables (Unicode 15) behind our names.
//
// Normalisers that must agree with software of another Unicode version lay their own corrections
// over these. All functions are pure; a value past U+10FFFF counts as unassigned.
#ifndef SEMEME_TEXT_UNICODE_H_
#define SEMEME_TEXT_UNICODE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace sememe::text {

/// General categories by their major class, with the minor ones that callers ask for.
enum class Category : std::uint8_t {
  kUpperLetter,     ///< Lu
  kTitleLetter,     ///< Lt
  kOtherLetter,     ///< Ll, Lm, Lo
  kNonspacingMark,  ///< Mn
  kOtherMark,       ///< Mc, Me
  kDecimalNumber,   ///< Nd
  kLetterNumber,    ///< Nl
  kOtherNumber,     ///< No
  kConnector,       ///< Pc
  kPunctuation,     ///< Pd, Ps, Pe, Pi, Pf, Po
  kSymbol,          ///< Sm, Sc, Sk, So
  kSeparator,       ///< Zs, Zl, Zp
  kControl,         ///< Cc
  kFormat,          ///< Cf
  kPrivateUse,      ///< Co
  kUnassigned,      ///< Cn, and surrogates
};

Category category(char32_t code_point);

/// Lu, Lt, Ll, Lm, Lo.
constexpr bool is_letter(Category c) { return c <= Category::kOtherLetter; }

/// The White_Space property (25 code points, closed since Unicode 6.3): U+0009..U+000D, the space
/// separators, U+0085, U+2028, U+2029. It is what Rust's char::is_whitespace tests.
constexpr bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// A character of a word as regular expressions see it (\w of UTS #18): alphabetic, mark, decimal
/// number, connector punctuation or join control.
bool is_word_character(char32_t code_point);

/// Canonical combining class; 0 for starters.
std::uint8_t combining_class(char32_t code_point);

/// A short sequence of code points, by value.
struct CodePointSequence {
  std::array<char32_t, 4> values{};
  std::size_t size = 0;

  const char32_t* begin() const { return values.data(); }
  const char32_t* end() const { return values.data() + size; }
};

/// Full canonical decomposition of one code point (at most 4), Hangul syllables included, without
/// reordering across neighbours.
CodePointSequence canonical_decomposition(char32_t code_point);

/// Full lower case mapping without context, as Rust's char::to_lowercase: one code point, except
/// U+0130, which becomes U+0069 U+0307.
CodePointSequence to_lower(char32_t code_point);

}  // namespace sememe::text

#endif  // SEMEME_TEXT_UNICODE_H_
