// Text without markup, and the one thing of reStructuredText that matters here: a title is a line
// with a line of one repeated punctuation character under it.
#include <algorithm>

#include "ingest/formats.h"

namespace sememe::ingest {
namespace {

/// A longer line is no title.
constexpr std::size_t kMaxTitleBytes = 200;
constexpr std::string_view kUnderlines = "=-~^\"'`#*+:._";

/// The character of an underline of at least three, or 0.
char underline_character(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.size() < 3 || kUnderlines.find(text[0]) == std::string_view::npos) return 0;
  return text.find_first_not_of(text[0]) == std::string_view::npos ? text[0] : char{0};
}

std::size_t code_point_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

class PlainTextParser {
 public:
  explicit PlainTextParser(std::string_view text) : text_(text), lines_(split_lines(text)) {}

  ParsedDocument parse() {
    for (std::size_t i = 0; i < lines_.size();) {
      if (is_blank(line(i))) {
        end_paragraph(i++);
      } else if (const std::size_t used = heading_at(i); used > 0) {
        end_paragraph(i);
        add_heading(i, used);
        i += used;
      } else {
        if (!open_) begin_ = i;
        open_ = true;
        ++i;
      }
    }
    end_paragraph(lines_.size());
    return std::move(parsed_);
  }

 private:
  std::string_view line(std::size_t i) const {
    return text_.substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
  }

  /// How many lines the heading at line i has: 2, 3 with a line above it too, 0 for none. A heading
  /// opens a paragraph, so that a table row above a rule is none.
  std::size_t heading_at(std::size_t i) const {
    if (open_) return 0;
    if (i + 2 < lines_.size()) {
      const char above = underline_character(line(i));
      if (above != 0 && above == underline_character(line(i + 2)) && is_title(i + 1, i + 2)) {
        return 3;
      }
    }
    return i + 1 < lines_.size() && indentation(line(i)) == 0 && is_title(i, i + 1) ? 2 : 0;
  }

  bool is_title(std::size_t title, std::size_t underline) const {
    const std::string_view words = trim(line(title));
    return !words.empty() && underline_character(words) == 0 &&
           underline_character(line(underline)) != 0 && words.size() <= kMaxTitleBytes &&
           trim(line(underline)).size() >= code_point_count(words);
  }

  void add_heading(std::size_t i, std::size_t used) {
    const std::size_t title = used == 3 ? i + 1 : i;
    // As in reStructuredText, the order in which the styles appear is the order of the levels.
    std::string style(1, underline_character(line(title + 1)));
    if (used == 3) style += 'o';
    auto level = std::find(styles_.begin(), styles_.end(), style);
    if (level == styles_.end()) level = styles_.insert(level, style);
    parsed_.blocks.push_back({.kind = Block::Kind::kHeading,
                              .bytes = {lines_[i].begin, lines_[i + used - 1].end},
                              .level = static_cast<int>(level - styles_.begin()),
                              .title = title_of(line(title))});
  }

  void end_paragraph(std::size_t end) {
    if (!open_) return;
    open_ = false;
    parsed_.blocks.push_back({.kind = Block::Kind::kParagraph,
                              .bytes = {lines_[begin_].begin, lines_[end - 1].end},
                              .level = 0,
                              .title = {}});
  }

  std::string_view text_;
  std::vector<ByteRange> lines_;
  std::vector<std::string> styles_;
  ParsedDocument parsed_;
  std::size_t begin_ = 0;  ///< first line of the open paragraph
  bool open_ = false;
};

}  // namespace

ParsedDocument parse_plain_text(std::string_view text) { return PlainTextParser(text).parse(); }

}  // namespace sememe::ingest
