// Blocks to passages: what is searched and shown as one piece.
//
// A passage is cut where a reader would cut: at headings first, then between blocks, paragraphs,
// sentences (lines, in code), words, and code points when nothing else is left. Neighbours under
// one heading are put together up to `target_tokens`, because a vector of a few words says little
// and wins by accident. An entry (an option with its text, an example, a function) stays in one
// piece when it fits the limit; a larger one is taken apart into what is nested in it. Its name is
// the innermost heading of the passages that begin with it or are parts of it. The figures behind
// this are in docs/decisions/0005-passages.md.
#ifndef SEMEME_INGEST_CHUNKER_H_
#define SEMEME_INGEST_CHUNKER_H_

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "ingest/document.h"
#include "sememe/collection.h"
#include "sememe/tokenizer.h"

namespace sememe::ingest {

/// How a model counts.
struct TokenMeasure {
  /// Puts the offset of the first byte of each token of `text` into `begins`, without special
  /// tokens.
  std::function<void(std::string_view text, std::vector<std::size_t>& begins)> find_tokens;
  std::size_t special_tokens = 0;  ///< added to every text
};

/// The measure of a tokenizer, which must live as long. Not for several threads at a time.
TokenMeasure measure_of(const Tokenizer& tokenizer);

struct ChunkOptions {
  std::size_t max_tokens = 256;  ///< of passage_input, special tokens included; at least 16
  std::size_t target_tokens = 160;
};

/// source: valid UTF-8, the text that `document` was parsed from.
///
/// The passages are in order, do not overlap, are never empty, hold exactly their bytes of the
/// source, and together cover all text of blocks that are not kDropped but white space. None has
/// more than max_tokens by `measure`. The same input gives the same passages. Headings longer than
/// a quarter of max_tokens lose their middle parts, then the outermost.
/// Throws Error(kInvalidArgument) when max_tokens is less than 16 or leaves no room beside the
/// special tokens. Cost: every byte is measured twice.
std::vector<Passage> chunk_document(std::string_view source, const ParsedDocument& document,
                                    const TokenMeasure& measure, const ChunkOptions& options);

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_CHUNKER_H_
