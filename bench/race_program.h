// What the racing programs share: the clocks and the command loop that harness.py talks to.
//
// A program loads its model, makes one result, prints {"ready": true} and then answers each line
// (words separated by tabs) with one JSON object. One thread.
#ifndef SEMEME_BENCH_RACE_PROGRAM_H_
#define SEMEME_BENCH_RACE_PROGRAM_H_

#include <sys/resource.h>
#include <time.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "base/file.h"
#include "base/json.h"

namespace sememe::race {

inline double seconds_of(clockid_t clock) {
  timespec now;
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Runs `work` so many times: {"cpu_s": [...], "wall_s": [...]}, CPU seconds of the whole process.
inline Json time_repeats(const std::string& repeats, const std::function<void()>& work) {
  Json answer = {{"cpu_s", Json::array()}, {"wall_s", Json::array()}};
  for (int run = std::stoi(repeats); run > 0; --run) {
    const double wall = seconds_of(CLOCK_MONOTONIC);
    const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    work();
    answer["cpu_s"].push_back(seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    answer["wall_s"].push_back(seconds_of(CLOCK_MONOTONIC) - wall);
  }
  return answer;
}

inline Json memory_stats() {
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return {{"peak_rss_mib", static_cast<double>(usage.ru_maxrss) / 1024}};
}

/// A file of little-endian u32 values, read from the front. The driver of the same run wrote it;
/// what it claims is still checked against what is there.
class WordFile {
 public:
  explicit WordFile(const std::string& path) : path_(path), bytes_(read_file(path)) {}

  std::uint32_t word() { return words(1).front(); }
  std::vector<std::uint32_t> words(std::size_t count) {
    const std::string_view bytes = take(count, sizeof(std::uint32_t));
    std::vector<std::uint32_t> out(count);
    if (count > 0) std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
  }
  /// The next `count` items of `size` bytes; valid as long as this object.
  std::string_view take(std::size_t count, std::size_t size) {
    if (count > (bytes_.size() - offset_) / size) {
      throw Error(ErrorCode::kCorrupt,
                  concat(quote(path_), ": expected ", count * size, " bytes at offset ", offset_,
                         ", file has ", bytes_.size() - offset_));
    }
    const std::string_view taken = std::string_view(bytes_).substr(offset_, count * size);
    offset_ += taken.size();
    return taken;
  }

 private:
  std::string path_;
  std::string bytes_;
  std::size_t offset_ = 0;
};

/// Words of one command after its name, as many as it asks for.
using Words = std::vector<std::string>;
using Commands = std::map<std::string, std::function<Json(const Words&)>>;

/// Says ready, then answers commands until standard input ends.
inline void answer_commands(const Commands& commands) {
  std::cout << R"({"ready": true})" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    Words words;
    for (std::size_t begin = 0, end = 0; end != line.npos; begin = end + 1) {
      end = line.find('\t', begin);
      words.push_back(line.substr(begin, end - begin));
    }
    const auto command = commands.find(words.front());
    if (command == commands.end()) {
      throw Error(ErrorCode::kInvalidArgument, concat("unknown command ", quote(words.front())));
    }
    words.resize(4);
    std::cout << command->second({words.begin() + 1, words.end()}).dump() << std::endl;
  }
}

/// Prints an Error as the programs of this project do, and returns the exit code.
inline int guarded(const std::function<void()>& body) {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "sememe: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace sememe::race

#endif  // SEMEME_BENCH_RACE_PROGRAM_H_
