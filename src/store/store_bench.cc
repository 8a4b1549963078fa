// The store's costs for 10,000 chunks x 384: opening with all vectors checked, point reads, writes.
#include "store/store.h"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>

#include "base/error_context.h"

namespace sememe::store {
namespace {

constexpr std::size_t kDim = 384;
constexpr std::size_t kChunks = 10'000;
constexpr std::size_t kChunksPerDocument = 20;

Path scratch(const char* name) {
  return std::filesystem::temp_directory_path() / concat("store_bench_", name, "_", ::getpid());
}

struct Documents {
  std::vector<float> floats;
  std::vector<NewDocument> documents;
};

// `chunks` chunks of about 1 KB; keys and paths from `first` on.
Documents make_documents(std::size_t first, std::size_t chunks) {
  Documents made;
  std::mt19937 random(7);
  made.floats.resize(chunks * kDim);
  for (float& value : made.floats) value = static_cast<float>(random()) * 0x1p-32f;
  for (std::size_t i = 0; i < chunks; ++i) {
    if (i % kChunksPerDocument == 0) {
      made.documents.push_back({{concat("documents/", first + i, ".md"), "hash", 100'000, 0}, {}});
    }
    std::string text = concat("chunk ", first + i, " ");
    while (text.size() < 1000) text += "some words of a passage ";
    made.documents.back().chunks.push_back(
        {{{0, text.size()}, 1, 9, "heading", text, concat("0123456789abcdef0123456789", first + i)},
         std::span(made.floats).subspan(i * kDim, kDim)});
  }
  return made;
}

const Path& filled_store() {
  static const Path directory = [] {
    const Path path = scratch("read");
    std::filesystem::remove_all(path);
    Store store = Store::open_for_writing(path, {"bench", "fingerprint", kDim});
    for (std::size_t first = 0; first < kChunks; first += 1000) {
      store.put(make_documents(first, 1000).documents);
    }
    std::atexit([] { std::filesystem::remove_all(scratch("read")); });
    return path;
  }();
  return directory;
}

void BM_OpenAndMap10k(benchmark::State& state) {
  const Path& directory = filled_store();
  for (auto _ : state) {
    const Store store = Store::open(directory);
    const LiveVectors live = store.live_vectors();
    if (live.chunk_ids.size() != kChunks) state.SkipWithError("wrong number of chunks");
    benchmark::DoNotOptimize(live.rows.data());
  }
}
BENCHMARK(BM_OpenAndMap10k)->Unit(benchmark::kMillisecond);

void BM_OpenForReading(benchmark::State& state) {
  const Path& directory = filled_store();
  for (auto _ : state) benchmark::DoNotOptimize(Store::open(directory).commit());
}
BENCHMARK(BM_OpenForReading)->Unit(benchmark::kMicrosecond);

void BM_Chunk(benchmark::State& state) {
  const Store store = Store::open(filled_store());
  std::mt19937 random(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.chunk(ChunkId{1 + static_cast<int>(random() % kChunks)}));
  }
}
BENCHMARK(BM_Chunk)->Unit(benchmark::kMicrosecond);

void BM_Commit(benchmark::State& state) {
  const Store store = Store::open(filled_store());
  for (auto _ : state) benchmark::DoNotOptimize(store.commit());
}
BENCHMARK(BM_Commit)->Unit(benchmark::kMicrosecond);

void BM_Put(benchmark::State& state) {
  const auto chunks = static_cast<std::size_t>(state.range(0));
  const Path directory = scratch("write");
  std::filesystem::remove_all(directory);
  {
    Store store = Store::open_for_writing(directory, {"bench", "fingerprint", kDim});
    std::size_t first = 0;
    for (auto _ : state) {
      state.PauseTiming();
      const Documents made = make_documents(first, chunks);
      first += chunks;
      state.ResumeTiming();
      store.put(made.documents);
    }
  }
  std::filesystem::remove_all(directory);
}
BENCHMARK(BM_Put)->Arg(1)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_OpenForWriting10k(benchmark::State& state) {
  const Path& directory = filled_store();
  for (auto _ : state) Store::open_for_writing(directory, {"bench", "fingerprint", kDim});
}
BENCHMARK(BM_OpenForWriting10k)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace sememe::store

BENCHMARK_MAIN();
