// Lines, fields and numbers of the text files that evaluation sets come in.
#ifndef SEMEME_EVAL_LINES_H_
#define SEMEME_EVAL_LINES_H_

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_context.h"
#include "base/file.h"

namespace sememe::eval {

/// Without white space at its ends.
inline std::string_view strip(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n\f\v");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n\f\v") - begin + 1);
}

/// Parts between separators, empty ones too.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// The number that the whole text is, if it is one.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  text = strip(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Calls body(line, number, place) for each line that is not empty; place is `"file" line N`.
template <class Body>
void for_each_line(const Path& file, const Body& body) {
  const std::string bytes = read_file(file);
  std::size_t number = 0;
  for (std::string_view line : split(bytes, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) body(line, number, concat(quote(file.native()), " line ", number));
  }
}

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_LINES_H_
