#include "cli/input.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error_context.h"
#include "base/json.h"

namespace sememe::cli {
namespace {

// A line that is longer than this is not text from a person or a program that means it.
constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;
// A window is full at this many bytes, so that long lines do not fill the memory.
constexpr std::size_t kWindowBytes = std::size_t{16} << 20;
// What the reader keeps behind a long line.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;

// Reads stdin line by line without a limit that a pipe could hang on.
class LineReader {
 public:
  std::optional<std::string> next() {
    while (true) {
      const std::size_t end = buffer_.find('\n', searched_);
      if (end != buffer_.npos) {
        std::string line = buffer_.substr(begin_, end - begin_);
        begin_ = searched_ = end + 1;
        if (buffer_.capacity() > kKeptBytes && buffer_.size() - begin_ < kKeptBytes) shrink();
        return line;
      }
      searched_ = buffer_.size();
      if (buffer_.size() - begin_ > kMaxLineBytes) {
        throw Error(ErrorCode::kLimit,
                    concat("standard input: expected lines of at most ", kMaxLineBytes, " bytes"));
      }
      if (!fill()) break;
    }
    if (begin_ == buffer_.size()) return std::nullopt;
    std::string line = buffer_.substr(begin_);
    begin_ = searched_ = buffer_.size();
    return line;
  }

 private:
  bool fill() {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    char chunk[1 << 16];
    ssize_t got = 0;
    do {
      got = ::read(STDIN_FILENO, chunk, sizeof(chunk));
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw Error(ErrorCode::kIo, concat("read standard input: ", std::strerror(errno)));
    buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  }

  void shrink() {
    buffer_ = buffer_.substr(begin_);
    buffer_.shrink_to_fit();
    begin_ = searched_ = 0;
  }

  std::string buffer_;
  std::size_t begin_ = 0;     // of the next line
  std::size_t searched_ = 0;  // no newline before this
};

std::string text_of_json_line(const std::string& line, const std::string& place) {
  const Json json = [&] {
    try {
      return parse_json(line, place);
    } catch (const Error& error) {
      throw Error(ErrorCode::kInvalidArgument,
                  error.what());  // the caller's input, not a stored file
    }
  }();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.contains("text") && json["text"].is_string())
    return json["text"].get<std::string>();
  throw Error(ErrorCode::kInvalidArgument,
              concat(place, ": expected a JSON string or an object with a string \"text\", found ",
                     json.type_name()));
}

}  // namespace

void for_each_window(const TextSource& source, std::size_t window,
                     const std::function<void(std::vector<std::string>)>& body) {
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  const auto flush = [&] {
    if (!texts.empty()) body(std::move(texts));
    texts.clear();
    bytes = 0;
  };
  const auto add = [&](std::string text) {
    bytes += text.size();
    texts.push_back(std::move(text));
    if (texts.size() == window || bytes >= kWindowBytes) flush();
  };
  if (!source.arguments.empty()) {
    for (std::size_t i = 0; i < source.arguments.size(); ++i) {
      add(accept_text(source.arguments[i], source.text, concat("argument ", i + 1)));
    }
    return flush();
  }
  LineReader reader;
  for (std::size_t number = 1; auto line = reader.next(); ++number) {
    const std::string place = concat("standard input line ", number);
    if (line->ends_with('\r')) line->pop_back();
    std::string text = accept_text(std::move(*line), source.text, place);
    if (source.format == InputFormat::kJsonLines) {
      if (text.empty()) continue;
      text = text_of_json_line(text, place);
    }
    add(std::move(text));
  }
  flush();
}

}  // namespace sememe::cli
