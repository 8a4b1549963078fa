// One line on stderr that says how far long work is. Only on a terminal; a log file stays clean.
#ifndef SEMEME_CLI_PROGRESS_H_
#define SEMEME_CLI_PROGRESS_H_

#include <chrono>
#include <string>
#include <string_view>

namespace sememe::cli {

/// --progress auto|always|never.
enum class ProgressMode { kAuto, kAlways, kNever };
ProgressMode parse_progress_mode(std::string_view word);

class Progress {
 public:
  explicit Progress(ProgressMode mode);
  /// Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// done of total (0: not known) with a note behind; drawn at most ten times a second.
  void update(std::string_view doing, std::size_t done, std::size_t total,
              std::string_view note = {});
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  bool enabled_;
  bool drawn_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point last_{};
};

}  // namespace sememe::cli

#endif  // SEMEME_CLI_PROGRESS_H_
