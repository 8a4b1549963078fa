#include <gtest/gtest.h>

#include <algorithm>

#include "index/graph_index.h"
#include "index/index_testing.h"

namespace sememe::index {
namespace {

using vectors::Metric;

TEST(FlatRange, GivesTheRowsThatASearchForAllGives) {
  const Matrix rows = clustered_rows(300, 20, 1);
  const Matrix query = clustered_rows(1, 20, 2);
  for (const Metric metric : {Metric::kInnerProduct, Metric::kL2}) {
    const FlatIndex flat(rows.view(), metric);
    const auto all = flat.search(query.row(0), 300);
    for (const std::size_t count : {0UL, 1UL, 17UL, 300UL}) {
      const float least = count == 0 ? all[0].similarity + 1 : all[count - 1].similarity;
      const auto found = flat.search_range(query.row(0), least);
      EXPECT_EQ(found, std::vector<Neighbor>(all.begin(), all.begin() + std::ssize(found)));
      EXPECT_EQ(found.size(), count);
    }
  }
}

// From no row in range to a third of all.
TEST(GraphRange, FindsWhatIsInRangeUnderEveryMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const bool unit = metric == Metric::kCosine;
    const Matrix rows = unit ? unit_clustered_rows(2000, 64, 1) : clustered_rows(2000, 64, 1);
    const Matrix queries = unit ? unit_clustered_rows(20, 64, 2) : clustered_rows(20, 64, 2);
    const GraphIndex index = build_graph_index(rows, metric);
    GraphSearcher searcher(index);
    const FlatIndex flat(rows.view(), metric);
    for (const std::size_t count : {0UL, 1UL, 10UL, 60UL, 250UL, 700UL}) {
      std::size_t hits = 0;
      for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto exact = flat.search(queries.row(q), std::max<std::size_t>(1, count));
        const float least = count == 0 ? exact[0].similarity + 1 : exact.back().similarity;
        const auto found = searcher.search_range(queries.row(q), {.min_similarity = least});
        EXPECT_TRUE(std::ranges::is_sorted(found, ranks_before));
        for (const Neighbor& n : found) {
          const bool is_one = std::ranges::find(exact, n) != exact.end();
          EXPECT_TRUE(is_one) << n.row;
          hits += is_one ? 1U : 0U;
        }
        const auto all =
            searcher.search_range(queries.row(q), {.min_similarity = least, .recall = 1});
        EXPECT_EQ(all, flat.search_range(queries.row(q), least));
      }
      EXPECT_GE(static_cast<double>(hits), 0.9 * static_cast<double>(count * queries.rows))
          << vectors::metric_name(metric) << ' ' << count;
    }
  }
}

TEST(GraphRange, GivesAllEqualRows) {
  Matrix rows = unit_clustered_rows(1500, 32, 1);
  for (std::size_t r = 100; r < 400; ++r) std::ranges::copy(rows.row(100), rows.row(r).begin());
  const GraphIndex index = build_graph_index(rows);
  GraphSearcher searcher(index);
  const auto found = searcher.search_range(rows.row(100), {.min_similarity = 0.9999F});
  ASSERT_EQ(found.size(), 300);
  EXPECT_EQ(found, FlatIndex(rows.view()).search_range(rows.row(100), 0.9999F));
}

TEST(GraphRange, OfNoRowsIsEmpty) {
  const Matrix none(0, 16);
  const GraphIndex index = build_graph_index(none);
  EXPECT_TRUE(GraphSearcher(index)
                  .search_range(std::vector<float>(16, 0.25F), {.min_similarity = -1})
                  .empty());
}

}  // namespace
}  // namespace sememe::index
