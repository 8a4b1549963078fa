#include "search/passage_input.h"

#include <algorithm>

#include "text/utf8.h"

namespace sememe {
namespace {

/// A longer one is no anchor; keeps the cost of a line of "<<<<" linear.
constexpr std::size_t kMaxAnchorBytes = 256;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }

bool is_word(char byte) {
  return is_digit(byte) || is_lower(byte) || (byte >= 'A' && byte <= 'Z') ||
         static_cast<unsigned char>(byte) >= 0x80;
}

bool is_quote(char byte) { return byte == '`' || byte == '\''; }

/// Puts a line into `out` without its inline markup.
class LineReader {
 public:
  LineReader(std::string_view line, std::string& out) : line_(line), out_(out) {}

  void read() {
    while (at_ < line_.size()) {
      if (!skip_quote() && !read_reference() && !read_anchor()) out_ += line_[at_++];
    }
  }

 private:
  /// At a quote that opens or closes a span: an apostrophe between two letters does neither.
  bool skip_quote() {
    if (!is_quote(line_[at_])) return false;
    const std::size_t end =
        std::min(line_.find_first_not_of(line_.substr(at_, 1), at_), line_.size());
    const bool after_word = at_ > 0 && is_word(line_[at_ - 1]);
    const bool before_word = end < line_.size() && is_word(line_[end]);
    if (line_[at_] == '\'' && (end - at_ > 2 || (after_word && before_word))) {
      out_.append(line_.substr(at_, end - at_));
    }
    at_ = end;
    return true;
  }

  /// At "macro:target[7]": a reference to a page of a manual.
  bool read_reference() {
    if (!is_lower(line_[at_]) || (at_ > 0 && is_word(line_[at_ - 1]))) return false;
    std::size_t colon = at_;
    while (colon < line_.size() && is_lower(line_[colon])) ++colon;
    if (colon == line_.size() || line_[colon] != ':') return false;
    std::size_t end = colon + 1;
    while (end < line_.size() && (is_word(line_[end]) || line_[end] == '-')) ++end;
    const bool is_section = end > colon + 1 && end + 2 < line_.size() && line_[end] == '[' &&
                            is_digit(line_[end + 1]) && line_[end + 2] == ']';
    if (!is_section) return false;
    out_.append(line_.substr(colon + 1, end - colon - 1));
    at_ = end + 3;
    return true;
  }

  /// At "<<anchor,words>>".
  bool read_anchor() {
    if (line_.substr(at_, 2) != "<<") return false;
    const std::string_view near = line_.substr(at_, kMaxAnchorBytes);
    const std::size_t end = near.find('>');
    const std::size_t comma = near.find_first_of(", \t");  // the anchor itself has no space
    if (end == std::string_view::npos || comma >= end || near[comma] != ',' ||
        near.substr(end, 2) != ">>") {
      return false;
    }
    out_.append(near.substr(comma + 1, end - comma - 1));
    at_ += end + 2;
    return true;
  }

  std::string_view line_;
  std::string& out_;
  std::size_t at_ = 0;
};

void add_line(std::string_view line, std::string& input) {
  if (!input.empty()) input += '\n';
  LineReader(line, input).read();
}

void add_text(std::string_view text, std::string& input) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (has_word(line)) add_line(line, input);
    at = end + 1;
  }
  if (input.empty()) input = text;
}

}  // namespace

bool has_word(std::string_view line) { return std::any_of(line.begin(), line.end(), is_word); }

std::string passage_input(std::string_view heading, std::string_view text) {
  std::string input;
  input.reserve(heading.size() + text.size() + 2);
  add_text(text, input);
  const std::size_t first = std::min(heading.find(kHeadingSeparator), heading.size());
  if (first > 0) add_line(heading.substr(0, first), input);
  if (first < heading.size()) {
    add_line(heading.substr(heading.rfind(kHeadingSeparator) + kHeadingSeparator.size()), input);
  }
  if (text::find_invalid_utf8(input)) return text::replace_invalid_utf8(input).text;
  return input;
}

}  // namespace sememe
