// Searches of a collection in one process, by comparing every vector and through a segment.
//
// SEMEME_BENCH_STORE names the directory of a store with a segment, SEMEME_BENCH_TEXT a file whose
// lines are the queries; without them a small store of a tiny model stands in, whose figures say
// nothing about a real one.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "base/file.h"
#include "sememe/collection.h"

namespace sememe {
namespace {

// A store of 2,000 passages, sealed, that goes with the program.
class StandIn {
 public:
  StandIn()
      : directory_(std::filesystem::temp_directory_path() /
                   concat("collection_bench_", ::getpid())) {
    std::vector<Passage> passages;
    for (std::size_t i = 0; i < 2000; ++i) {
      passages.push_back({{i, i + 1}, 1, 1, "", concat("passage ", i * 7919, " of ", i % 37)});
    }
    Collection collection = Collection::open_for_writing(
        directory_.string(), {.model = std::string(SEMEME_GOLDEN_DIR) + "/models/static-f32"});
    const Document document{{"all", "hash", 1 << 20, 1}, std::move(passages)};
    collection.put({&document, 1});
    collection.seal_if_worthwhile({.min_vectors = 1, .progress = {}});
  }
  ~StandIn() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;
  std::string directory() const { return directory_.string(); }

 private:
  Path directory_;
};

std::string store_directory() {
  if (const char* const path = std::getenv("SEMEME_BENCH_STORE")) return path;
  static const StandIn kStandIn;
  return kStandIn.directory();
}

std::vector<std::string> queries() {
  const char* const path = std::getenv("SEMEME_BENCH_TEXT");
  const std::string text = path != nullptr ? read_file(path) : "passage 8\nof 17\n7919\n";
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != text.npos;
       begin = end + 1) {
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

// The argument is the recall in percent.
SearchOptions options_of(const benchmark::State& state) {
  return {.k = 10, .recall = static_cast<double>(state.range(0)) / 100};
}

void BM_FirstSearch(benchmark::State& state) {
  const std::string directory = store_directory();
  const std::string query = queries().at(0);
  for (auto _ : state) {
    state.PauseTiming();
    const Collection collection = Collection::open(directory, {.model = "", .threads = 1});
    state.ResumeTiming();
    benchmark::DoNotOptimize(collection.search(query, options_of(state)));
  }
}
BENCHMARK(BM_FirstSearch)->Arg(100)->Arg(99)->Unit(benchmark::kMillisecond);

void BM_LaterSearch(benchmark::State& state) {
  const Collection collection = Collection::open(store_directory(), {.model = "", .threads = 1});
  const std::vector<std::string> all = queries();
  collection.search(all.at(0), options_of(state));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(collection.search(all[next++ % all.size()], options_of(state)));
  }
}
BENCHMARK(BM_LaterSearch)->Arg(100)->Arg(99)->Arg(90)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sememe

BENCHMARK_MAIN();
