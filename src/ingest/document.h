// A document as its reader sees it, whatever the format: headings, paragraphs, list entries, code.
//
// A format's parser cuts the text into blocks; it interprets nothing inside them. The chunker
// (chunker.h) makes passages from the blocks. Invariants of every parsed document, whoever made it:
// blocks are in order, do not overlap, begin and end at text that is not white space, and cover all
// such text.
#ifndef SEMEME_INGEST_DOCUMENT_H_
#define SEMEME_INGEST_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"

namespace sememe::ingest {

/// One block. Blocks that follow with a larger level belong to it: the paragraphs under a list
/// item, the methods of a class.
struct Block {
  enum class Kind {
    kHeading,
    kParagraph,
    kListItem,
    kEntry,    ///< something with a name of its own: an option with its text, a function
    kCode,     ///< cut at lines, not at sentences
    kTable,    ///< the same
    kDropped,  ///< comments and markup that nobody searches for
  };
  Kind kind = Kind::kParagraph;
  ByteRange bytes;
  int level = 0;      ///< headings: 0 is the outermost; others: depth of nesting
  std::string title;  ///< headings and entries: what they are called, on one line
};

enum class Format { kPlainText, kMarkdown, kAsciiDoc, kSourceCode };

struct ParsedDocument {
  Format format = Format::kPlainText;
  std::string title;  ///< when it is not the first heading (front matter); else empty
  std::vector<Block> blocks;
};

/// By the name's extension, then by content: git's manual is AsciiDoc in .txt files.
Format detect_format(std::string_view path, std::string_view text);

/// text: valid UTF-8. Never fails: what a parser does not understand is a paragraph.
/// Cost: linear, but for what cmark-gfm does to Markdown.
ParsedDocument parse_document(std::string_view path, std::string_view text);

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_DOCUMENT_H_
