// What the model reads for a passage.
#ifndef SEMEME_SEARCH_PASSAGE_INPUT_H_
#define SEMEME_SEARCH_PASSAGE_INPUT_H_

#include <string>
#include <string_view>

namespace sememe {

/// The heading path on a line of its own, then the text: a passage cut out of a page has lost what
/// it is about, and the headings say it. Bytes that are not valid UTF-8 become U+FFFD. The chunker
/// counts tokens of exactly this, so that a passage never exceeds the model's limit unnoticed.
std::string passage_input(std::string_view heading, std::string_view text);

}  // namespace sememe

#endif  // SEMEME_SEARCH_PASSAGE_INPUT_H_
