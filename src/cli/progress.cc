#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/error_context.h"
#include "cli/output.h"

namespace sememe::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);

bool stderr_is_terminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::string remaining(double seconds, std::size_t done, std::size_t total) {
  if (done == 0 || done >= total || seconds < 1) return {};
  const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
  return concat(", ", fixed(left, 0), " s left");
}

}  // namespace

ProgressMode parse_progress_mode(std::string_view word) {
  if (word == "always") return ProgressMode::kAlways;
  return word == "never" ? ProgressMode::kNever : ProgressMode::kAuto;
}

Progress::Progress(ProgressMode mode)
    : enabled_(mode == ProgressMode::kAlways ||
               (mode == ProgressMode::kAuto && stderr_is_terminal())) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

void Progress::update(std::string_view doing, std::size_t done, std::size_t total,
                      std::string_view note) {
  if (!enabled_) return;
  const auto now = Clock::now();
  if (drawn_ && now - last_ < kInterval) return;
  last_ = now;
  drawn_ = true;
  std::string line = concat("\r\x1b[K", doing, " ", with_separators(done));
  if (total > 0) line += concat(" of ", with_separators(total), remaining(seconds(), done, total));
  if (!note.empty()) line += concat(", ", note);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace sememe::cli
