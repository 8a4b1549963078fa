// Texts that a command works on: its arguments, or else the lines of stdin, read a window at a
// time.
#ifndef SEMEME_CLI_INPUT_H_
#define SEMEME_CLI_INPUT_H_

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace sememe::cli {

/// How texts arrive.
enum class InputFormat {
  kLines,      ///< one text a line
  kJsonLines,  ///< one JSON string, or object with "text", a line
};

struct TextSource {
  std::vector<std::string> arguments;  ///< used when there are any
  InputFormat format = InputFormat::kLines;
  TextOptions text;
};

/// Calls body with at most `window` texts at a time until there are no more, with fewer once they
/// are large. Empty lines are texts. Errors name the argument or line.
void for_each_window(const TextSource& source, std::size_t window,
                     const std::function<void(std::vector<std::string>)>& body);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_INPUT_H_
