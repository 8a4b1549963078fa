#include "search/passage_input.h"

#include "text/utf8.h"

namespace sememe {

std::string passage_input(std::string_view heading, std::string_view text) {
  std::string input(heading);
  if (!input.empty()) input += '\n';
  input += text;
  if (text::find_invalid_utf8(input)) return text::replace_invalid_utf8(input).text;
  return input;
}

}  // namespace sememe
