// AsciiDoc as manuals are written in it, git's above all: an own line parser.
//
// It knows what changes where a passage may begin and end: titles (one line or underlined),
// delimited blocks, lists, labelled entries ("--soft::" and its text) and what is attached to them
// with "+" or "--". It does not expand attributes, macros or include lines.
//
// Nesting: `lists_` holds the lists that are open, outermost first; a block's level is the number
// of those it stands under. A compound block ("--", "====") hides the lists around it until it is
// closed.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "ingest/formats.h"

namespace sememe::ingest {
namespace {

/// Labels that share a text are joined up to this size.
constexpr std::size_t kMaxTitleBytes = 200;
/// Lists beyond this depth are on it.
constexpr std::size_t kMaxDepth = 32;

bool is_run_of(std::string_view line, char character, std::size_t at_least) {
  return line.size() >= at_least && line.find_first_not_of(character) == std::string_view::npos;
}

std::string_view trim_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r\v\f") + 1);
}

std::size_t code_point_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

/// Lines for the preprocessor: they are no text, and end no paragraph.
bool is_directive(std::string_view line) {
  for (const std::string_view name : {"ifdef::", "ifndef::", "ifeval::", "endif::", "include::"}) {
    if (line.starts_with(name)) return true;
  }
  return line.starts_with("//") && !line.starts_with("///");
}

/// ":name: value".
bool is_attribute_entry(std::string_view line) {
  if (!line.starts_with(':') || line.size() < 3) return false;
  const std::size_t colon = line.find(':', 1);
  return colon != std::string_view::npos && colon > 1 &&
         line.substr(1, colon - 1).find(' ') == std::string_view::npos &&
         (colon + 1 == line.size() || line[colon + 1] == ' ');
}

/// "[verse]", "[[anchor]]", "[NOTE]": says something of the block that follows.
bool is_block_attribute(std::string_view line) {
  return line.size() >= 3 && line.starts_with('[') && line.ends_with(']');
}

/// The level of "== Title", or -1.
int one_line_title_level(std::string_view line) {
  const std::size_t marks = std::min(line.find_first_not_of('='), line.size());
  const bool title = marks >= 1 && marks <= 6 && marks + 1 < line.size() && line[marks] == ' ';
  return title && !is_blank(line.substr(marks)) ? static_cast<int>(marks) - 1 : -1;
}

std::string one_line_title(std::string_view line) {
  std::string_view words = trim(line.substr(line.find_first_not_of('=')));
  const std::size_t last = words.find_last_not_of('=');
  if (last != std::string_view::npos && words[last] == ' ') words = words.substr(0, last);
  return title_of(words);
}

/// The level of an underlined title, or -1. The underline may be two characters off.
int two_line_title_level(std::string_view title, std::string_view underline) {
  static constexpr std::string_view kCharacters = "=-~^+";
  if (underline.size() < 3 || indentation(title) != 0) return -1;
  const std::size_t level = kCharacters.find(underline[0]);
  if (level == std::string_view::npos || !is_run_of(underline, underline[0], 3)) return -1;
  const std::size_t width = code_point_count(title);
  const bool near = width <= underline.size() + 2 && underline.size() <= width + 2;
  const bool has_word = std::any_of(title.begin(), title.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c < 0;
  });
  return near && has_word ? static_cast<int>(level) : -1;
}

/// Titles of anchors: "Name[[anchor]]".
std::string without_anchor(std::string_view title) {
  const std::size_t anchor = title.find("[[");
  return title_of(anchor == 0 ? title : title.substr(0, anchor));
}

enum class Delimiter { kNone, kVerbatim, kComment, kTable, kCompound };

Delimiter delimiter_of(std::string_view line) {
  if (line == "--") return Delimiter::kCompound;
  if (line == "|===" || line == "!===" || line == ",===" || line == ":===") {
    return Delimiter::kTable;
  }
  if (line.starts_with("```")) return line.size() == 3 ? Delimiter::kVerbatim : Delimiter::kNone;
  if (line.size() < 4 || !is_run_of(line, line[0], 4)) return Delimiter::kNone;
  switch (line[0]) {
    case '-':
    case '.':
    case '+':
      return Delimiter::kVerbatim;
    case '/':
      return Delimiter::kComment;
    case '=':
    case '_':
    case '*':
      return Delimiter::kCompound;
    default:
      return Delimiter::kNone;
  }
}

/// A list line: what kind of list it opens or goes on, and where its text begins.
struct ListMark {
  std::string marker;  ///< "::", "*", "1."; empty: no list line
  bool labelled = false;
  std::string_view label;
};

/// "label::", "label:: text", with 2 to 4 colons or ";;".
ListMark label_of(std::string_view line) {
  for (std::size_t at = line.find_first_of(":;"); at != std::string_view::npos;
       at = line.find_first_of(":;", at)) {
    const char mark = line[at];
    const std::size_t end = std::min(line.find_first_not_of(mark, at), line.size());
    const std::size_t size = end - at;
    const bool right_size = mark == ':' ? size >= 2 && size <= 4 : size == 2;
    const bool ends = end == line.size() || line[end] == ' ' || line[end] == '\t';
    if (right_size && ends && at > indentation(line)) {
      return {std::string(line.substr(at, size)), true, trim(line.substr(0, at))};
    }
    at = end;
  }
  return {};
}

ListMark list_mark_of(std::string_view line) {
  const std::string_view words = line.substr(indentation(line));
  const std::size_t space = words.find_first_of(" \t");
  if (space != std::string_view::npos && !is_blank(words.substr(space))) {
    const std::string_view mark = words.substr(0, space);
    if (mark == "-" || (mark.size() <= 5 && is_run_of(mark, '*', 1)) ||
        (mark.size() <= 5 && is_run_of(mark, '.', 1))) {
      return {std::string(mark), false, {}};
    }
    const std::size_t digits = std::min(mark.find_first_not_of("0123456789"), mark.size());
    if (digits > 0 && mark.substr(digits) == ".") return {"1.", false, {}};
    if (mark.size() == 2 && mark[1] == '.' && mark[0] >= 'a' && mark[0] <= 'z') {
      return {"a.", false, {}};
    }
    if (mark.size() >= 3 && mark.front() == '<' && mark.back() == '>' &&
        mark.substr(1, mark.size() - 2).find_first_not_of("0123456789") == std::string_view::npos) {
      return {"<1>", false, {}};
    }
  }
  return label_of(line);
}

class AsciiDocParser {
 public:
  explicit AsciiDocParser(std::string_view text) : text_(text), lines_(split_lines(text)) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (delimiter_of(line(i)) != Delimiter::kNone) last_delimiter_[line(i)] = i;
    }
  }

  ParsedDocument parse() {
    while (at_ < lines_.size()) parse_line();
    return std::move(parsed_);
  }

 private:
  /// What stands around a compound block.
  struct Container {
    std::string_view delimiter;
    std::vector<std::string> lists;
    std::size_t base = 0;
  };

  std::string_view line(std::size_t i) const {
    return trim_end(text_.substr(lines_[i].begin, lines_[i].end - lines_[i].begin));
  }

  int level() const { return static_cast<int>(std::min(base_ + lists_.size(), kMaxDepth)); }

  /// Adds lines [begin, end), together with the block title in front of them.
  void add(Block::Kind kind, std::size_t begin, std::size_t end, int block_level) {
    if (block_title_ != kNoLine) begin = std::exchange(block_title_, kNoLine);
    parsed_.blocks.push_back({.kind = kind,
                              .bytes = {lines_[begin].begin, lines_[end - 1].end},
                              .level = block_level,
                              .title = {}});
  }

  void drop_line() {
    parsed_.blocks.push_back(
        {.kind = Block::Kind::kDropped, .bytes = lines_[at_], .level = 0, .title = {}});
    ++at_;
  }

  void parse_line() {
    const std::string_view text = line(at_);
    if (is_blank(text)) {
      blank_before_ = true;
      ++at_;
      return;
    }
    if (is_directive(text)) return drop_line();
    if (text == "+" && !outside_lists()) {
      attached_ = true;
      return drop_line();
    }
    if (parse_delimited() || parse_heading()) return after_block();
    if (is_block_attribute(text) || (lists_.empty() && is_attribute_entry(text))) {
      return drop_line();
    }
    if (block_title_ == kNoLine && is_block_title(text)) {
      block_title_ = at_++;
      return;
    }
    if (const ListMark mark = list_mark_of(text); !mark.marker.empty()) {
      parse_list_line(mark);
    } else {
      parse_paragraph();
    }
    after_block();
  }

  bool outside_lists() const { return lists_.empty() && base_ == 0; }

  void after_block() {
    blank_before_ = false;
    attached_ = false;
    block_title_ = kNoLine;
  }

  static bool is_block_title(std::string_view text) {
    return text.size() >= 2 && text[0] == '.' && text[1] != '.' && text[1] != ' ' &&
           text[1] != '\t';
  }

  bool parse_delimited() {
    const std::string_view text = line(at_);
    const Delimiter kind = delimiter_of(text);
    if (kind == Delimiter::kNone) return false;
    const bool closes = !containers_.empty() && containers_.back().delimiter == text;
    if (closes) {
      lists_ = std::move(containers_.back().lists);
      base_ = containers_.back().base;
      containers_.pop_back();
      drop_line();
      return true;
    }
    if (last_delimiter_[text] == at_) {  // nothing closes it: a line to drop, not a block
      drop_line();
      return true;
    }
    if (!attached_ && !lists_.empty() && blank_before_) lists_.clear();
    if (kind == Delimiter::kCompound) {
      if (containers_.size() >= kMaxDepth) {
        drop_line();
        return true;
      }
      const std::size_t outer = base_ + lists_.size();
      containers_.push_back({text, std::exchange(lists_, {}), base_});
      base_ = outer;
      drop_line();
      return true;
    }
    std::size_t end = at_ + 1;
    while (line(end) != text) ++end;  // ends: the last line like this one is below
    const Block::Kind block = kind == Delimiter::kTable     ? Block::Kind::kTable
                              : kind == Delimiter::kComment ? Block::Kind::kDropped
                                                            : Block::Kind::kCode;
    add(block, at_, end + 1, level());
    at_ = end + 1;
    return true;
  }

  bool parse_heading() {
    const std::string_view text = line(at_);
    int heading_level = one_line_title_level(text);
    std::size_t used = 1;
    std::string title;
    if (heading_level >= 0) {
      title = without_anchor(one_line_title(text));
    } else if (at_ + 1 < lines_.size()) {
      heading_level = two_line_title_level(text, line(at_ + 1));
      used = 2;
      title = without_anchor(text);
    }
    if (heading_level < 0) return false;
    lists_.clear();
    containers_.clear();
    base_ = 0;
    block_title_ = kNoLine;
    add(Block::Kind::kHeading, at_, at_ + used, heading_level);
    parsed_.blocks.back().title = title;
    at_ += used;
    return true;
  }

  /// A paragraph; under a list when it is attached, or indented.
  void parse_paragraph() {
    if (!attached_ && blank_before_ && indentation(line(at_)) == 0) lists_.clear();
    const std::size_t end = std::max(text_end(at_, TextOf::kParagraph, 0), at_ + 1);
    add(Block::Kind::kParagraph, at_, end, level());
    at_ = end;
  }

  /// A list line and the text that goes on from it. Labels that share a text are one entry.
  void parse_list_line(const ListMark& mark) {
    lists_.erase(std::find(lists_.begin(), lists_.end(), mark.marker), lists_.end());
    const std::size_t begin = at_;
    const std::size_t indent = indentation(line(at_));
    std::string title(mark.label);
    std::size_t end = at_ + 1;
    bool has_text = !mark.labelled || !line(at_).ends_with(mark.marker);
    while (!has_text) {
      const std::size_t next = next_text_line(end);
      if (next == lines_.size()) break;
      const ListMark other = list_mark_of(line(next));
      if (other.labelled && other.marker == mark.marker) {
        if (title.size() < kMaxTitleBytes) title.append(", ").append(other.label);
        has_text = !line(next).ends_with(mark.marker);
        end = next + 1;
        continue;
      }
      // The text may stand after a blank line, but then it is indented.
      const bool indented = indentation(line(next)) > indent;
      if (other.marker.empty() && !is_structure(next) && (indented || !blank_in(end, next))) {
        end = std::max(end, text_end(next, TextOf::kListItem, indent));
      }
      break;
    }
    if (has_text) end = std::max(end, text_end(end, TextOf::kListItem, indent));
    add(mark.labelled ? Block::Kind::kEntry : Block::Kind::kListItem, begin, end, level());
    if (mark.labelled) parsed_.blocks.back().title = title_of(title);
    at_ = end;
    if (lists_.size() < kMaxDepth) lists_.push_back(mark.marker);
  }

  std::size_t next_text_line(std::size_t i) const {
    while (i < lines_.size() && (is_blank(line(i)) || is_directive(line(i)))) ++i;
    return i;
  }

  bool blank_in(std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) {
      if (is_blank(line(i))) return true;
    }
    return false;
  }

  /// A line that ends any text before it.
  bool is_structure(std::size_t i) const {
    const std::string_view text = line(i);
    if (text == "+") return true;
    if (delimiter_of(text) == Delimiter::kNone) return false;
    const bool closes = !containers_.empty() && containers_.back().delimiter == text;
    return closes || last_delimiter_.at(text) != i;
  }

  enum class TextOf { kParagraph, kListItem };

  /// The line after the last one of a text that goes on at line i: up to a blank line or a
  /// delimiter, for a list item of this indentation also up to the next item. Directives at its
  /// end are not part of it.
  std::size_t text_end(std::size_t i, TextOf owner, std::size_t indent) const {
    std::size_t end = i;
    for (; i < lines_.size() && !is_blank(line(i)); ++i) {
      if (is_directive(line(i))) continue;
      if (is_structure(i)) break;
      if (owner == TextOf::kListItem) {
        const ListMark mark = list_mark_of(line(i));
        const bool item = !mark.marker.empty() && !mark.labelled;
        if (item || (mark.labelled && indentation(line(i)) <= indent)) break;
      }
      end = i + 1;
    }
    return end;
  }

  static constexpr std::size_t kNoLine = static_cast<std::size_t>(-1);

  std::string_view text_;
  std::vector<ByteRange> lines_;
  std::map<std::string_view, std::size_t>
      last_delimiter_;  ///< the last line that is this delimiter
  ParsedDocument parsed_;
  std::size_t at_ = 0;
  std::vector<std::string> lists_;  ///< markers of the open lists, outermost first
  std::vector<Container> containers_;
  std::size_t base_ = 0;  ///< level outside lists_
  std::size_t block_title_ = kNoLine;
  bool attached_ = false;      ///< a "+" stands before the next block
  bool blank_before_ = false;  ///< a blank line does
};

/// What only AsciiDoc has: 1 for AsciiDoc, -1 for reStructuredText, 0 for nothing.
int evidence(std::string_view line, std::string_view next) {
  if (line.find("linkgit:") != std::string_view::npos || line == "[verse]" || line == "+" ||
      line.starts_with("[[") || line.starts_with("ifdef::") || line.starts_with("ifndef::") ||
      line.starts_with("include::")) {
    return 1;
  }
  if (line.starts_with(".. ") || line.find(":ref:`") != std::string_view::npos) return -1;
  const ListMark label = label_of(line);
  const bool labelled = label.labelled && line.ends_with(label.marker) && indentation(line) == 0;
  // In reStructuredText, a blank line follows "::".
  if (labelled && indentation(next) > 0 && !is_blank(next)) return 1;
  if (one_line_title_level(line) >= 0 && is_blank(next)) return 1;
  return 0;
}

}  // namespace

bool looks_like_asciidoc(std::string_view text) {
  constexpr std::size_t kEnough = std::size_t{64} << 10;
  const std::string_view head = text.substr(0, kEnough);
  const std::vector<ByteRange> lines = split_lines(head);
  const auto line = [&](std::size_t i) {
    return i < lines.size() ? trim_end(head.substr(lines[i].begin, lines[i].end - lines[i].begin))
                            : std::string_view();
  };
  int found = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) found += evidence(line(i), line(i + 1));
  return found > 0;
}

ParsedDocument parse_asciidoc(std::string_view text) { return AsciiDocParser(text).parse(); }

}  // namespace sememe::ingest
