// What the model reads for a passage.
//
// A pure function of what is stored, so that a lost vector can be made again. It knows no format:
// what it takes away means nothing to a model in any of them. The forms that were measured, and
// what each was worth, are in docs/decisions/0005-passages.md.
#ifndef SEMEME_SEARCH_PASSAGE_INPUT_H_
#define SEMEME_SEARCH_PASSAGE_INPUT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sememe {

/// Stands between the names of a heading path, outermost first.
inline constexpr std::string_view kHeadingSeparator = " > ";

/// Numbers the form of passage_input; one more with every change that makes another input of the
/// same passage. A store names it, so that its passages are never read in two forms.
inline constexpr std::size_t kPassageForm = 1;

/// The text, then the outermost and the innermost name of the heading path, each on a line: a
/// passage cut out of a page has lost what it is about, and these two say it.
///
/// Lines without a letter or digit (rulers, fences, closing braces) are left out, unless the text
/// has no others. Quotes around a span on one line are taken away (`code`, ``code'', 'word', but no
/// apostrophe), and references keep what a reader sees of them: "linkgit:git-add[1]" is "git-add",
/// "<<anchor,words>>" is "words". Bytes that are not valid UTF-8 become U+FFFD.
///
/// The chunker counts tokens of exactly this, so that a passage never exceeds the model's limit
/// unnoticed. Cost: linear.
std::string passage_input(std::string_view heading, std::string_view text);

/// Whether a line has a letter or a digit; any byte of a character outside ASCII counts as one.
bool has_word(std::string_view line);

}  // namespace sememe

#endif  // SEMEME_SEARCH_PASSAGE_INPUT_H_
