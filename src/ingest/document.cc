#include "ingest/document.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/formats.h"

namespace sememe::ingest {
namespace {

constexpr std::string_view kSpace = " \t\n\r\v\f";

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void add_gap(std::string_view text, ByteRange gap, std::vector<Block>& blocks) {
  const ByteRange range = trim_block(text, gap);
  if (range.begin == range.end) return;
  blocks.push_back({.kind = Block::Kind::kParagraph, .bytes = range, .level = 0, .title = {}});
}

/// Makes the invariants true: trims blocks, drops empty ones and overlaps, and makes paragraphs of
/// what no block covers.
std::vector<Block> close_gaps(std::string_view text, std::vector<Block> blocks) {
  std::vector<Block> closed;
  closed.reserve(blocks.size());
  std::size_t at = 0;
  for (Block& block : blocks) {
    ByteRange range{std::max(block.bytes.begin, at), std::min(block.bytes.end, text.size())};
    if (range.begin >= range.end) continue;
    range = trim_block(text, range);
    if (range.begin == range.end) continue;
    add_gap(text, {at, range.begin}, closed);
    at = range.end;
    block.bytes = range;
    closed.push_back(std::move(block));
  }
  add_gap(text, {at, text.size()}, closed);
  return closed;
}

}  // namespace

FileName file_name(std::string_view path) {
  FileName result;
  for (const char byte : path.substr(path.rfind('/') + 1)) {
    result.name += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  }
  const std::size_t dot = result.name.rfind('.');
  if (dot != std::string::npos && dot > 0) result.extension = result.name.substr(dot + 1);
  return result;
}

bool is_unsupported_format(std::string_view path) {
  static constexpr auto kExtensions = std::to_array<std::string_view>(
      {"html", "htm", "xhtml", "svg",  "pdf",  "ps",   "doc",  "docx", "xls",
       "xlsx", "ppt", "pptx",  "odt",  "ods",  "odp",  "rtf",  "epub", "ipynb",
       "eml",  "map", "lock",  "mbox", "djvu", "docm", "pptm", "xlsm"});
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum"});
  const FileName file = file_name(path);
  return is_one_of(file.extension, kExtensions) || is_one_of(file.name, kNames) ||
         file.name.ends_with(".min.js") || file.name.ends_with(".min.css");
}

std::vector<ByteRange> split_lines(std::string_view text) {
  std::vector<ByteRange> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t newline = std::min(text.find('\n', at), text.size());
    const bool carriage = newline < text.size() && newline > at && text[newline - 1] == '\r';
    lines.push_back({at, newline - (carriage ? 1 : 0)});
    at = newline + 1;
  }
  return lines;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kSpace) == std::string_view::npos;
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(kSpace), line.size());
}

std::string title_of(std::string_view text, std::size_t max_bytes) {
  std::string title;
  for (const char byte : trim(text)) {
    const bool space = kSpace.find(byte) != std::string_view::npos;
    if (space && title.ends_with(' ')) continue;
    title += space ? ' ' : byte;
    if (title.size() > max_bytes) break;
  }
  if (title.size() > max_bytes) {
    title.resize(code_point_begin(title, max_bytes));
    title.resize(trim(title).size());
  }
  return title;
}

std::size_t code_point_begin(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

ByteRange trim_block(std::string_view text, ByteRange range) {
  const std::string_view piece = text.substr(range.begin, range.end - range.begin);
  const std::size_t first = piece.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {range.begin, range.begin};
  const std::size_t line = piece.substr(0, first).rfind('\n');
  const bool from_line_start = range.begin == 0 || text[range.begin - 1] == '\n';
  const std::size_t skip = line != std::string_view::npos ? line + 1 : from_line_start ? 0 : first;
  return {range.begin + skip, range.begin + piece.find_last_not_of(kSpace) + 1};
}

Format detect_format(std::string_view path, std::string_view text) {
  static constexpr auto kMarkdown =
      std::to_array<std::string_view>({"md", "markdown", "mdown", "mkd", "mdx"});
  static constexpr auto kAsciiDoc =
      std::to_array<std::string_view>({"adoc", "asciidoc", "asc", "ad"});
  const FileName file = file_name(path);
  if (is_one_of(file.extension, kMarkdown)) return Format::kMarkdown;
  if (is_one_of(file.extension, kAsciiDoc)) return Format::kAsciiDoc;
  if (is_source_code(path)) return Format::kSourceCode;
  if (file.extension == "rst") return Format::kPlainText;
  return looks_like_asciidoc(text) ? Format::kAsciiDoc : Format::kPlainText;
}

ParsedDocument parse_document(std::string_view path, std::string_view text) {
  const Format format = detect_format(path, text);
  ParsedDocument parsed;
  switch (format) {
    case Format::kMarkdown:
      parsed = parse_markdown(text);
      break;
    case Format::kAsciiDoc:
      parsed = parse_asciidoc(text);
      break;
    case Format::kSourceCode:
      parsed = parse_source_code(path, text);
      break;
    case Format::kPlainText:
      parsed = parse_plain_text(text);
      break;
  }
  parsed.format = format;
  parsed.blocks = close_gaps(text, std::move(parsed.blocks));
  return parsed;
}

}  // namespace sememe::ingest
