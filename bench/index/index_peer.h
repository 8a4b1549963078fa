// What the C++ contenders of the race of indexes share: X_peer BASE.npy QUERIES.npy METRIC K
// [SETTINGS...] builds an index over BASE, then answers commands (race.py):
//
//   about                    {"build_cpu_s", "build_wall_s", "bytes_per_vector"}
//   run EFFORT COUNT [OUT]   the first COUNT queries, one at a time, with this effort:
//                            {"cpu_s", "wall_s", "p50_us", "p99_us"}; ids to OUT, [COUNT, K] i32
//
// METRIC: cosine (all rows have unit length), ip or l2. One thread.
#ifndef SEMEME_BENCH_INDEX_INDEX_PEER_H_
#define SEMEME_BENCH_INDEX_INDEX_PEER_H_

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "race_program.h"
#include "vectors/npy.h"

namespace sememe::race {

class IndexPeer {
 public:
  virtual ~IndexPeer() = default;
  virtual void build(MatrixView base) = 0;
  virtual void set_effort(int effort) = 0;
  /// The ids of the nearest rows of one query; as long as `ids`, -1 where fewer were found.
  virtual void search(const float* query, std::span<std::int32_t> ids) = 0;
};

/// Bytes of this process's own memory, without mapped files and what the allocator has free.
inline double own_memory() {
  ::malloc_trim(0);
  std::ifstream summary("/proc/self/smaps_rollup");
  for (std::string line; std::getline(summary, line);) {
    if (line.starts_with("Anonymous:")) return std::stod(line.substr(10)) * 1024;
  }
  throw Error(ErrorCode::kNotFound, "/proc/self/smaps_rollup has no line Anonymous");
}

/// Builds from the file, whose copy is given back before memory is measured again.
inline Json build(IndexPeer& peer, const std::string& base_path) {
  const double memory = own_memory();
  Json about;
  std::size_t rows;
  {
    const Matrix base = vectors::read_npy(base_path);
    rows = base.rows;
    const Json seconds = time_repeats("1", [&] { peer.build(base.view()); });
    about = {{"build_cpu_s", seconds["cpu_s"][0]}, {"build_wall_s", seconds["wall_s"][0]}};
  }
  about["bytes_per_vector"] = (own_memory() - memory) / static_cast<double>(rows);
  return about;
}

inline double percentile(std::vector<double>& values, double share) {
  const auto place = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(place));
  return values[place];
}

/// Before the clock starts, some queries warm the caches that other contenders took.
inline Json run_queries(IndexPeer& peer, MatrixView queries, std::size_t k, const Words& words) {
  constexpr std::size_t kWarming = 50;
  peer.set_effort(std::stoi(words[0]));
  const std::size_t count = std::min<std::size_t>(std::stoul(words[1]), queries.rows);
  std::vector<std::int32_t> ids(count * k, -1);
  const auto search = [&](std::size_t q) {
    peer.search(queries.row(q).data(), std::span(ids).subspan(q * k, k));
  };
  for (std::size_t q = 0; q < std::min(count, kWarming); ++q) search(q);
  std::vector<double> micros(count);
  const Json seconds = time_repeats("1", [&] {
    for (std::size_t q = 0; q < count; ++q) {
      const double begin = seconds_of(CLOCK_MONOTONIC);
      search(q);
      micros[q] = (seconds_of(CLOCK_MONOTONIC) - begin) * 1e6;
    }
  });
  if (!words[2].empty()) {
    write_file_atomic(words[2], {reinterpret_cast<const char*>(ids.data()), ids.size() * 4});
  }
  return {{"cpu_s", seconds["cpu_s"][0]},
          {"wall_s", seconds["wall_s"][0]},
          {"p50_us", percentile(micros, 0.5)},
          {"p99_us", percentile(micros, 0.99)}};
}

/// The main() of a peer; `make(metric, settings)` gives the IndexPeer.
template <class Make>
int index_peer_main(int argc, char** argv, Make make) {
  if (argc < 5) {
    std::cerr << "usage: " << argv[0] << " BASE.npy QUERIES.npy cosine|ip|l2 K [SETTINGS...]\n";
    return 2;
  }
  return guarded([&] {
    const std::unique_ptr<IndexPeer> peer = make(argv[3], Words(argv + 5, argv + argc));
    const Matrix queries = vectors::read_npy(argv[2]);
    const std::size_t k = std::stoul(argv[4]);
    const Json about = build(*peer, argv[1]);
    answer_commands({{"about", [&](const Words&) { return about; }},
                     {"run", [&](const Words& words) {
                        return run_queries(*peer, queries.view(), k, words);
                      }}});
  });
}

}  // namespace sememe::race

#endif  // SEMEME_BENCH_INDEX_INDEX_PEER_H_
