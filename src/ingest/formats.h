// The parsers behind parse_document, one for each format, and what they share.
//
// A parser may leave gaps and white space at the ends of its blocks: parse_document closes and
// trims them.
#ifndef SEMEME_INGEST_FORMATS_H_
#define SEMEME_INGEST_FORMATS_H_

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace sememe::ingest {

ParsedDocument parse_markdown(std::string_view text);
ParsedDocument parse_asciidoc(std::string_view text);
/// path: its extension says how comments look.
ParsedDocument parse_source_code(std::string_view path, std::string_view text);
/// Paragraphs between blank lines, and titles underlined as in reStructuredText.
ParsedDocument parse_plain_text(std::string_view text);

/// Whether the name is that of a program, a script or a build file.
bool is_source_code(std::string_view path);
/// Whether git's kind of AsciiDoc is the most likely reading of a .txt file.
bool looks_like_asciidoc(std::string_view text);
/// Names whose content is no prose and no program in a form that this version reads: HTML, PDF,
/// office files, generated code.
bool is_unsupported_format(std::string_view path);

/// The last name of the path in lower case, and its extension without the dot.
struct FileName {
  std::string name;
  std::string extension;
};
FileName file_name(std::string_view path);

/// Lines of a text, without their '\n' or "\r\n".
std::vector<ByteRange> split_lines(std::string_view text);

/// Without white space at both ends.
std::string_view trim(std::string_view text);
bool is_blank(std::string_view text);
/// Bytes of white space at the front.
std::size_t indentation(std::string_view line);

/// On one line, runs of white space as one space; cut to `max_bytes` between code points.
std::string title_of(std::string_view text, std::size_t max_bytes = 200);

/// `at`, or the begin of the code point that it lies in.
std::size_t code_point_begin(std::string_view text, std::size_t at);

/// [begin, end) of text without white space at its end and blank lines at its front. The
/// indentation of a first line stays: it is part of how code reads. An empty range for white space.
ByteRange trim_block(std::string_view text, ByteRange range);

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_FORMATS_H_
