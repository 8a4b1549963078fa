// What commands print: stdout with its failures seen, JSON with short floats, numbers for people.
#ifndef SEMEME_CLI_OUTPUT_H_
#define SEMEME_CLI_OUTPUT_H_

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sememe::cli {

/// Keeps members in the order in which they were put, which is the order of the documentation.
using OutputJson = nlohmann::ordered_json;

/// The reader of stdout has gone; the program ends with success.
struct BrokenPipe {};

/// Writes to stdout, buffered. Throws BrokenPipe, or Error(kIo) when the bytes cannot be written (a
/// full disk).
void print(std::string_view text);
/// Writes out what print holds back. Called once more at the end of the program.
void flush_output();

/// Text for a person on stderr, a line.
void say(std::string_view line);
/// "sememe: warning: ..." on stderr.
void warn(std::string_view message);

/// One line of JSON; strings that are not UTF-8 get U+FFFD.
std::string to_line(const OutputJson& json);
/// Appends [0.1,-2.5e-05,...]: the shortest digits that read back as the same float.
void append_vector(std::string& out, std::span<const float> vector);

/// 1234567 -> "1,234,567".
std::string with_separators(std::uint64_t number);
/// "3 files", "1 file".
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);
/// A number with `digits` decimals.
std::string fixed(double value, int digits);

/// Whether stdout is a terminal that should get colours (NO_COLOR and TERM=dumb are honoured).
bool colours_on_stdout();

}  // namespace sememe::cli

#endif  // SEMEME_CLI_OUTPUT_H_
