// Unicode as the reference tokenizers see it.
//
// Published tokenizer.json files were made and are used with Hugging Face tokenizers, which reads
// four tables of different age: general categories of Unicode 8.0 (the crate unicode_categories),
// decompositions and combining classes of Unicode 9.0 (unicode-normalization-alignments), word
// characters of Unicode 16.0 (regex), and lower case of Unicode 17.0 (Rust's standard library). Ids
// are equal only when these agree, so this file takes utf8proc's tables (Unicode 15.0) and corrects
// them by three rules: a code point that is younger than a table has no property there; younger
// case pairs and word characters are added; and the five code points that changed category since
// are named. All functions are pure.
#ifndef SEMEME_TOKENS_REFERENCE_UNICODE_H_
#define SEMEME_TOKENS_REFERENCE_UNICODE_H_

#include <cstdint>

#include "text/unicode.h"

namespace sememe::tokens::reference {

/// What the normalisers and pre-tokenisers ask of a code point, as a set of bits.
enum Property : std::uint8_t {
  kWhiteSpace = 1,       ///< char::is_whitespace
  kPunctuation = 2,      ///< ASCII punctuation, or category P of Unicode 8.0
  kRemoved = 4,          ///< clean_text drops it: NUL, U+FFFD, Cc, Cf, Co; not tab, LF, CR
  kIdeograph = 8,        ///< handle_chinese_chars puts spaces around it
  kNonspacingMark = 16,  ///< category Mn of Unicode 8.0: strip_accents drops it
  kDecomposes = 32,      ///< canonical_decomposition is more than itself
  kHasLower = 64,        ///< to_lower is another
  kReorders = 128,       ///< combining class other than 0
};

/// Cost: one load for the Basic Multilingual Plane, a few table look-ups past it.
std::uint8_t properties(char32_t code_point);

/// Marks (M) of Unicode 9.0, which the normaliser StripAccents drops.
bool is_mark(char32_t code_point);

/// \w of a regular expression.
bool is_word_character(char32_t code_point);

std::uint8_t combining_class(char32_t code_point);
text::CodePointSequence canonical_decomposition(char32_t code_point);
text::CodePointSequence to_lower(char32_t code_point);

}  // namespace sememe::tokens::reference

#endif  // SEMEME_TOKENS_REFERENCE_UNICODE_H_
