// Brute force beside a growing index, for its tests.
#ifndef SEMEME_INDEX_GROWING_TESTING_H_
#define SEMEME_INDEX_GROWING_TESTING_H_

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "index/flat_scan.h"
#include "index/growing_index.h"
#include "index/neighbor.h"
#include "sememe/types.h"

namespace sememe::index {

/// The k nearest of all rows that are there, each compared.
inline std::vector<Neighbor> nearest_live(const GrowingIndex& index, std::span<const float> query,
                                          std::size_t k) {
  std::vector<Neighbor> all;
  for (Node r = 0; r < index.store().bound(); ++r) {
    if (index.store().is_live(r)) {
      all.push_back({r, similarity(index.metric(), index.store().rows().row(r), query)});
    }
  }
  std::ranges::sort(all, ranks_before);
  all.resize(std::min(k, all.size()));
  return all;
}

/// The share of the k nearest live rows of each query that a search gives.
inline double growing_recall(const GrowingIndex& index, const Matrix& queries,
                             const GrowingSearch& options) {
  GrowingSearcher searcher(index);
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const std::vector<Neighbor> given = searcher.search(queries.row(q), options);
    for (const Neighbor& exact : nearest_live(index, queries.row(q), options.k)) {
      ++wanted;
      found += std::ranges::count(given, exact.row, &Neighbor::row) > 0 ? 1U : 0U;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(wanted);
}

/// Live rows that a search for themselves does not find.
inline std::size_t lost_rows(const GrowingIndex& index) {
  GrowingSearcher searcher(index);
  std::size_t lost = 0;
  for (Node r = 0; r < index.store().bound(); ++r) {
    if (!index.store().is_live(r)) continue;
    const auto found = searcher.search(index.store().rows().row(r), {.k = 5, .effort = 128});
    lost += std::ranges::count(found, r, &Neighbor::row) == 0 ? 1U : 0U;
  }
  return lost;
}

/// Puts rows first .. last in, and returns their numbers.
inline std::vector<std::uint32_t> insert_rows(GrowingIndex& index, const Matrix& rows,
                                              std::size_t first, std::size_t last) {
  std::vector<std::uint32_t> out;
  for (std::size_t r = first; r < last; ++r) out.push_back(index.insert(rows.row(r)));
  return out;
}

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_TESTING_H_
