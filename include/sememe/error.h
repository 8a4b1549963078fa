// The one exception type of sememe, and the one table that maps it to exit codes, HTTP and Python.
//
// A message says what was expected, what was found and where. Context ("load model \"minilm\"") is
// put in front while the exception passes through the callers, so that the whole message reads from
// the outside in.
#ifndef SEMEME_ERROR_H_
#define SEMEME_ERROR_H_

#include <array>
#include <exception>
#include <string>
#include <string_view>

#include "sememe/export.h"

namespace sememe {

enum class ErrorCode {
  kInvalidArgument,  ///< the caller's input is wrong
  kNotFound,         ///< the named thing is not there
  kConflict,         ///< exists, is locked, or changed meanwhile
  kUnsupported,      ///< valid, but not offered by this build or model
  kLimit,            ///< a stated limit was reached
  kCorrupt,          ///< stored bytes contradict themselves
  kIo,               ///< the system refused
};

/// One row of the error table.
struct ErrorInfo {
  ErrorCode code;
  std::string_view name;  ///< the word in JSON, e.g. "not_found"
  int http_status;
  int exit_code;
  std::string_view python;  ///< the Python exception type
};

/// Every surface (program, server, Python) takes its numbers from here. Exit codes beside these: 0
/// done or found, 1 found nothing, 3 some of the inputs failed.
inline constexpr std::array<ErrorInfo, 7> kErrorTable = {{
    {ErrorCode::kInvalidArgument, "invalid_argument", 400, 2, "ValueError"},
    {ErrorCode::kNotFound, "not_found", 404, 4, "LookupError"},
    {ErrorCode::kConflict, "conflict", 409, 5, "sememe.ConflictError"},
    {ErrorCode::kUnsupported, "unsupported", 422, 6, "sememe.UnsupportedError"},
    {ErrorCode::kLimit, "limit", 413, 7, "sememe.LimitError"},
    {ErrorCode::kCorrupt, "corrupt", 500, 8, "sememe.CorruptError"},
    {ErrorCode::kIo, "io", 500, 9, "OSError"},
}};

/// The row of `code`.
constexpr const ErrorInfo& error_info(ErrorCode code) {
  return kErrorTable[static_cast<std::size_t>(code)];
}

/// Everything that sememe throws (std::bad_alloc aside).
class SEMEME_API Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);

  ErrorCode code() const noexcept { return code_; }
  const char* what() const noexcept override { return message_.c_str(); }
  /// Puts "doing: " in front of the message; see base/error_context.h.
  void within(std::string_view doing);

 private:
  ErrorCode code_;
  std::string message_;
};

}  // namespace sememe

#endif  // SEMEME_ERROR_H_
