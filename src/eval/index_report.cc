#include "eval/index_report.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/error_context.h"
#include "base/random.h"
#include "base/thread_pool.h"
#include "index/flat_index.h"
#include "index/graph_index.h"

namespace sememe::eval {
namespace {

using index::Neighbor;
using Clock = std::chrono::steady_clock;
using Results = std::vector<std::vector<Neighbor>>;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void check(const Matrix& rows, const Matrix& queries) {
  if (rows.rows == 0 || queries.rows == 0) {
    throw Error(ErrorCode::kInvalidArgument, concat("expected rows and queries, found ", rows.rows,
                                                    " rows and ", queries.rows, " queries"));
  }
  if (rows.cols != queries.cols) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected queries of ", rows.cols, " dimensions, found ", queries.cols));
  }
  for (std::size_t q = 0; q < queries.rows; ++q) {
    within(concat("query ", q), [&] { vectors::check_finite(queries.row(q)); });
  }
}

void to_unit_rows(Matrix& m) {
  for (std::size_t r = 0; r < m.rows; ++r) vectors::to_unit_length(m.row(r), m.row(r));
}

double recall_of(const Results& found, const Results& exact) {
  std::size_t hits = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < found.size(); ++q) {
    wanted += exact[q].size();
    for (const Neighbor& n : exact[q]) {
      hits += std::ranges::find(found[q], n.row, &Neighbor::row) != found[q].end() ? 1U : 0U;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(hits) / static_cast<double>(wanted);
}

double percentile(std::vector<double>& values, double part) {
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<std::size_t>(at)];
}

// Queries for which all rows are scanned: of a million rows each takes a tenth of a second.
constexpr std::size_t kScannedQueries = 100;

// The first `count` queries one at a time, some rounds of them.
template <class Search>
IndexTarget measure(MatrixView queries, std::size_t count, const Results& exact, std::size_t rounds,
                    const Search& search) {
  IndexTarget out;
  Results found(count);
  std::vector<double> latencies(count);
  for (std::size_t round = 0; round < rounds; ++round) {
    const double begin = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t q = 0; q < count; ++q) {
      const Clock::time_point one = Clock::now();
      found[q] = search(queries.row(q));
      latencies[q] = 1e6 * seconds_since(one);
    }
    const double qps =
        static_cast<double>(count) / std::max(1e-9, cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - begin);
    if (qps <= out.qps_cpu) continue;
    out.qps_cpu = qps;
    out.p50_us = percentile(latencies, 0.5);
    out.p99_us = percentile(latencies, 0.99);
  }
  out.recall = recall_of(found, exact);
  return out;
}

// An index and what it is measured with.
struct Measured {
  const index::GraphIndex& graph;
  const index::FlatIndex& flat;
  MatrixView queries;
  const IndexTest& test;
  ThreadPool& pool;
};

// allowed: null for all rows.
std::vector<IndexTarget> measure_targets(const Measured& m, const index::RowSet* allowed) {
  const std::size_t k = m.test.k;
  const Results exact = m.flat.search_batch(m.queries, k, &m.pool, allowed);
  const auto scan = [&](std::span<const float> query) {
    return allowed == nullptr ? m.flat.search(query, k) : m.flat.search(query, k, *allowed);
  };
  index::GraphSearcher searcher(m.graph);
  std::vector<IndexTarget> out;
  for (const double target : m.test.targets) {
    const bool all = target >= 1.0;
    const index::Effort effort = all ? index::Effort{0} : m.graph.recall().effort_for(target, k);
    const std::size_t count = all ? std::min(kScannedQueries, m.queries.rows) : m.queries.rows;
    const auto search = [&](std::span<const float> query) {
      return all ? scan(query)
                 : searcher.search(query, {.k = k, .effort = effort, .allowed = allowed});
    };
    out.push_back(measure(m.queries, count, exact, m.test.rounds, search));
    out.back().target = target;
    out.back().effort = effort.visits;
  }
  return out;
}

index::RowSet random_rows(std::size_t rows, double selectivity) {
  index::RowSet out(rows);
  Random random(1);
  for (std::size_t row = 0; row < rows; ++row) {
    if (random.uniform() < selectivity) out.insert(row);
  }
  return out;
}

}  // namespace

IndexReport evaluate_index(Matrix& rows, Matrix& queries, const IndexTest& test) {
  check(rows, queries);
  if (test.metric == vectors::Metric::kCosine) {
    to_unit_rows(rows);
    to_unit_rows(queries);
  }
  ThreadPool pool(test.threads);
  const double cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const Clock::time_point begin = Clock::now();
  index::GraphOptions options;
  options.metric = test.metric;
  options.layout = test.layout;
  options.build.progress = test.progress;
  const index::GraphIndex graph = index::GraphIndex::build(rows.view(), options, pool);
  const double index_bytes = static_cast<double>(graph.bytes()) / static_cast<double>(rows.rows);
  IndexReport report = {
      .rows = rows.rows,
      .dims = rows.cols,
      .build_cpu_s = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
      .build_wall_s = seconds_since(begin),
      .bytes_per_vector = index_bytes + static_cast<double>(rows.cols * sizeof(float)),
      .index_bytes_per_vector = index_bytes,
      .targets = {},
      .filtered = {}};
  const index::FlatIndex flat(rows.view(), test.metric);
  const Measured measured = {graph, flat, queries.view(), test, pool};
  report.targets = measure_targets(measured, nullptr);
  for (const double selectivity : test.selectivities) {
    const index::RowSet allowed = random_rows(rows.rows, selectivity);
    for (const IndexTarget& at : measure_targets(measured, &allowed)) {
      report.filtered.push_back({selectivity, allowed.count(), at});
    }
  }
  return report;
}

}  // namespace sememe::eval
