#include "index/graph_order.h"

#include <algorithm>

#include "base/random.h"
#include "index/flat_index.h"

namespace sememe::index {
namespace {

// 1,024, one after another along a chain of neighbours: no more than these.
constexpr std::size_t kLeaders = 256;
// Blocks of fewer rows, 18 MB at 384 dimensions, are no more than the caches hold.
constexpr std::size_t kFew = 32 * kLeaders;
constexpr std::size_t kRowsAtOnce = 65536;

Matrix draw_leaders(MatrixView rows, const std::vector<std::uint32_t>& chosen) {
  Matrix leaders(kLeaders, rows.cols);
  Random random(1);
  for (std::size_t l = 0; l < kLeaders; ++l) {
    const std::uint32_t row = chosen[random.below(static_cast<std::uint32_t>(chosen.size()))];
    std::ranges::copy(rows.row(row), leaders.row(l).begin());
  }
  return leaders;
}

// Of each row; the first leader for rows that have no nearest one.
std::vector<std::uint32_t> nearest_leaders(MatrixView rows, const Matrix& leaders,
                                           vectors::Metric metric, ThreadPool& pool) {
  // Inner products lead to the longest rows.
  const bool unit = metric == vectors::Metric::kCosine;
  const FlatIndex flat(leaders.view(),
                       unit ? vectors::Metric::kInnerProduct : vectors::Metric::kL2);
  std::vector<std::uint32_t> nearest(rows.rows, 0);
  for (std::size_t begin = 0; begin < rows.rows; begin += kRowsAtOnce) {
    const std::size_t count = std::min(kRowsAtOnce, rows.rows - begin);
    const auto found = flat.search_batch({rows.row(begin).data(), count, rows.cols}, 1, &pool);
    for (std::size_t i = 0; i < count; ++i) {
      if (!found[i].empty()) nearest[begin + i] = static_cast<std::uint32_t>(found[i][0].row);
    }
  }
  return nearest;
}

}  // namespace

std::vector<std::uint32_t> order_near_together(MatrixView rows, std::vector<std::uint32_t> chosen,
                                               vectors::Metric metric, ThreadPool& pool) {
  if (chosen.size() < kFew) return chosen;
  const std::vector<std::uint32_t> nearest =
      nearest_leaders(rows, draw_leaders(rows, chosen), metric, pool);
  std::ranges::stable_sort(chosen, {}, [&](std::uint32_t row) { return nearest[row]; });
  return chosen;
}

}  // namespace sememe::index
