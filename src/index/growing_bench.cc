// A growing index of rows of 384 dimensions: inserts a second, searches beside those of a built
// index of the same rows, and consolidating after half of them were removed.
#include <benchmark/benchmark.h>

#include <memory>

#include "index/growing_index.h"
#include "index/index_testing.h"

namespace sememe::index {
namespace {

constexpr std::size_t kDims = 384;
constexpr std::size_t kQueries = 64;

const Matrix& rows_of(std::size_t count) {
  static Matrix rows;
  if (rows.rows != count) rows = unit_clustered_rows(count, kDims, 1);
  return rows;
}

std::unique_ptr<GrowingIndex> grown_of(const Matrix& rows) {
  GrowingOptions options;
  options.capacity = rows.rows;
  auto index = std::make_unique<GrowingIndex>(kDims, options);
  for (std::size_t r = 0; r < rows.rows; ++r) index->insert(rows.row(r));
  return index;
}

void insert_all(benchmark::State& state) {
  const Matrix& rows = rows_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(grown_of(rows));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(insert_all)->Arg(10000)->Iterations(1)->Unit(benchmark::kMillisecond);

template <class Searcher, class Search>
void search_all(benchmark::State& state, Searcher& searcher, Search search) {
  search.effort = {static_cast<std::size_t>(state.range(1))};
  const Matrix queries = unit_clustered_rows(kQueries, kDims, 2);
  std::size_t q = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(searcher.search(queries.row(q), search));
    q = (q + 1) % kQueries;
  }
}

void search_grown(benchmark::State& state) {
  static const auto index = grown_of(rows_of(static_cast<std::size_t>(state.range(0))));
  GrowingSearcher searcher(*index);
  search_all(state, searcher, GrowingSearch{});
}
void search_built(benchmark::State& state) {
  static const auto index = [&] {
    ThreadPool pool;
    return GraphIndex::build(rows_of(static_cast<std::size_t>(state.range(0))).view(), {}, pool);
  }();
  GraphSearcher searcher(index);
  search_all(state, searcher, GraphSearch{});
}
BENCHMARK(search_grown)->ArgsProduct({{10000}, {100, 400}})->Unit(benchmark::kMicrosecond);
BENCHMARK(search_built)->ArgsProduct({{10000}, {100, 400}})->Unit(benchmark::kMicrosecond);

void consolidate_half(benchmark::State& state) {
  const auto index = grown_of(rows_of(static_cast<std::size_t>(state.range(0))));
  for (std::uint32_t r = 0; r < index->capacity(); r += 2) index->remove(r);
  for (auto _ : state) index->consolidate();
}
BENCHMARK(consolidate_half)->Arg(10000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sememe::index

BENCHMARK_MAIN();
