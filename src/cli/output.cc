#include "cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/error_context.h"

namespace sememe::cli {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{1} << 16;

std::string& buffer() {
  static std::string bytes;
  return bytes;
}

}  // namespace

void print(std::string_view text) {
  buffer() += text;
  if (buffer().size() >= kFlushBytes) flush_output();
}

void flush_output() {
  const std::string bytes = std::move(buffer());
  buffer().clear();
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t put = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EPIPE) throw BrokenPipe{};
    if (put < 0)
      throw Error(ErrorCode::kIo, concat("write to standard output: ", std::strerror(errno)));
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

void say(std::string_view line) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

void warn(std::string_view message) {
  std::fprintf(stderr, "sememe: warning: %.*s\n", static_cast<int>(message.size()), message.data());
}

std::string to_line(const OutputJson& json) {
  return json.dump(-1, ' ', false, OutputJson::error_handler_t::replace) + "\n";
}

void append_vector(std::string& out, std::span<const float> vector) {
  char digits[32];
  out += '[';
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) out += ',';
    const auto result = std::to_chars(digits, digits + sizeof(digits), vector[i]);
    out.append(digits, result.ptr);
  }
  out += ']';
}

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural) {
  return concat(with_separators(number), " ", number == 1 ? singular : plural);
}

std::string fixed(double value, int digits) {
  char text[64];
  const auto result =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed, digits);
  return {text, result.ptr};
}

bool colours_on_stdout() {
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return ::isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace sememe::cli
