#include "index/flat_scan.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "kernels/dot.h"
#include "kernels/target.h"

namespace sememe::index {

bool any_allowed(const RowSet* allowed, std::size_t first, std::size_t count) {
  return allowed == nullptr || allowed->any(first, count);
}

float similarity(vectors::Metric metric, std::span<const float> row, std::span<const float> query) {
  if (metric != vectors::Metric::kL2) return kernels::dot(query, row);
  double square = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double difference = double{row[i]} - double{query[i]};
    square += difference * difference;
  }
  return static_cast<float>(-square);
}

std::vector<Neighbor> refine(MatrixView rows, vectors::Metric metric, std::span<const float> query,
                             std::vector<Neighbor> candidates, std::size_t k) {
  // From anywhere in memory: 300 rows of 384 dimensions took 110 us asked for one by one. Searches
  // of graphs ask for their twenty all at once before: with these requests alone they take 3 %
  // more.
  constexpr std::size_t kAhead = 4;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i + kAhead < candidates.size()) {
      kernels::prefetch_lines(rows.row(candidates[i + kAhead].row).data(),
                              rows.cols * sizeof(float));
    }
    candidates[i].similarity = similarity(metric, rows.row(candidates[i].row), query);
  }
  std::erase_if(candidates, [](const Neighbor& n) { return std::isnan(n.similarity); });
  k = std::min(k, candidates.size());
  std::ranges::partial_sort(candidates, candidates.begin() + static_cast<std::ptrdiff_t>(k),
                            ranks_before);
  candidates.resize(k);
  return candidates;
}

std::vector<Neighbor> exact_among(MatrixView rows, vectors::Metric metric,
                                  std::span<const float> query, const RowSet& allowed,
                                  std::size_t k) {
  BestRows best(std::min(k, allowed.count()));
  allowed.for_each(
      [&](std::size_t row) { best.offer(row, similarity(metric, rows.row(row), query)); });
  return best.take();
}

std::size_t candidate_count(std::size_t k, double oversample, std::size_t rows) {
  SEMEME_CHECK(oversample >= 1);
  const double wanted = std::ceil(static_cast<double>(k) * oversample);
  return wanted < static_cast<double>(rows) ? static_cast<std::size_t>(wanted) : rows;
}

Found search_parts(MatrixView queries, ThreadPool* pool, const SearchPart& search) {
  Found found(queries.rows);
  const std::size_t threads = pool == nullptr ? 1 : pool->size();
  const std::size_t even = (queries.rows + threads - 1) / threads;
  const std::size_t part = std::clamp<std::size_t>(even, 1, kScanQueries);
  const auto run = [&](std::size_t task, std::size_t) {
    const std::size_t first = task * part;
    const std::size_t count = std::min(part, queries.rows - first);
    search(first, {queries.data + first * queries.cols, count, queries.cols},
           std::span(found).subspan(first, count));
  };
  const std::size_t tasks = (queries.rows + part - 1) / part;
  if (pool != nullptr) {
    pool->parallel_for(tasks, run);
  } else {
    for (std::size_t task = 0; task < tasks; ++task) run(task, 0);
  }
  return found;
}

}  // namespace sememe::index
