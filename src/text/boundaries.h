// Where lines begin and sentences end: the places where ingest may cut a document.
//
// The sentence rules are those a reader of English prose would apply, with the full stops of other
// scripts. They are a preference of the chunker, not a grammar: a wrong end costs a slightly worse
// chunk, never lost text, since the ranges between ends always cover the whole paragraph.
#ifndef SEMEME_TEXT_BOUNDARIES_H_
#define SEMEME_TEXT_BOUNDARIES_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace sememe::text {

/// Offsets of the first byte of every line, ascending, beginning with 0. A line ends after '\n'
/// ("\r\n" too); a newline at the end of the text starts no further line. An empty text has one
/// line. The line number of a byte is std::upper_bound over this, as a 1-based index.
std::vector<std::size_t> line_starts(std::string_view text);

/// Offsets after each sentence and the white space that follows it, ascending. The last one is
/// paragraph.size(); an empty paragraph has none.
///
/// A sentence ends after a run of . ! ? or the like (an ellipsis, a danda, an Arabic question mark)
/// and any closing quotes and brackets, when white space follows; after the full
/// stops of CJK text (U+3002, U+FF01, U+FF1F) also without. A single '.' ends nothing after an
/// initial ("J. Smith"), letters with dots between them
/// ("e.g.", "U.S."), a number that opens a line ("2. Wash"), an abbreviation that always continues
/// ("Mr.", "Fig."), one that may close a sentence ("etc.") when a lower case letter follows, or one
/// that counts ("No.", "pp.") when a digit follows.
///
/// Any bytes are accepted; ill-formed UTF-8 ends no sentence. Cost: linear.
std::vector<std::size_t> sentence_ends(std::string_view paragraph);

}  // namespace sememe::text

#endif  // SEMEME_TEXT_BOUNDARIES_H_
