#include "index/graph_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/error_context.h"
#include "index/graph_connect.h"
#include "index/index_testing.h"
#include "sememe/error.h"

namespace sememe::index {
namespace {

using vectors::Metric;

double graph_recall(const GraphIndex& index, const Matrix& rows, const Matrix& queries,
                    const GraphSearch& options) {
  GraphSearcher searcher(index);
  return recall_of(rows.view(), index.metric(), queries.view(), options.k,
                   [&](std::span<const float> q) { return searcher.search(q, options); });
}

TEST(GraphIndex, FindsTheNearestUnderEveryMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const bool unit = metric == Metric::kCosine;
    const Matrix rows = unit ? unit_clustered_rows(3000, 96, 1) : clustered_rows(3000, 96, 1);
    const Matrix queries = unit ? unit_clustered_rows(60, 96, 2) : clustered_rows(60, 96, 2);
    for (const Layout layout : {Layout::kFast, Layout::kCompact}) {
      const GraphIndex index = build_graph_index(rows, metric, 2, layout);
      const auto recall = [&](const GraphSearch& options) {
        return graph_recall(index, rows, queries, options);
      };
      SCOPED_TRACE(concat(vectors::metric_name(metric), " ", layout_name(layout)));
      EXPECT_GE(recall({.k = 10, .effort = {64}}), 0.95);
      EXPECT_GE(recall({.k = 10, .effort = {256}}), 0.99);
      EXPECT_GE(recall({.k = 100, .effort = {1500}}), 0.98);
    }
  }
}

TEST(GraphIndex, ACompactOneTakesAQuarterOfTheMemory) {
  const Matrix rows = unit_clustered_rows(300, 384, 1);
  const GraphIndex fast = build_graph_index(rows);
  const GraphIndex compact = build_graph_index(rows, Metric::kCosine, 2, Layout::kCompact);
  EXPECT_EQ(fast.graph().layout.bytes(), 2240);
  EXPECT_EQ(compact.graph().layout.bytes(), 528);
  for (Node p = 0; p < compact.graph().size; ++p) {
    EXPECT_TRUE(
        std::ranges::equal(compact.graph().block(p).edges(), fast.graph().block(p).edges()));
    EXPECT_TRUE(std::ranges::equal(compact.graph().block(p).code(), fast.graph().block(p).code()));
  }
}

// The recall of a graph is sampled by searches for its nodes, the entry among them.
TEST(GraphIndex, SearchesWithoutTheEntry) {
  const Matrix rows = unit_clustered_rows(800, 32, 1);
  for (const Layout layout : {Layout::kFast, Layout::kCompact}) {
    const GraphIndex index = build_graph_index(rows, Metric::kCosine, 2, layout);
    const Node entry = index.graph().entry;
    const std::size_t row = index.graph().block(entry).tail().row;
    GraphSearcher searcher(index);
    const auto found = searcher.search_without(entry, {.k = 10, .effort = {200}});
    auto exact = FlatIndex(rows.view()).search(rows.row(row), 11);
    std::erase_if(exact, [&](const Neighbor& n) { return n.row == row; });
    EXPECT_EQ(found, exact) << layout_name(layout);
  }
}

TEST(GraphIndex, SimilaritiesAreThoseOfTheRows) {
  for (const Metric metric : {Metric::kInnerProduct, Metric::kL2}) {
    const Matrix rows = clustered_rows(500, 33, 1);
    const Matrix queries = clustered_rows(5, 33, 2);
    const GraphIndex index = build_graph_index(rows, metric);
    GraphSearcher searcher(index);
    for (std::size_t q = 0; q < queries.rows; ++q) {
      const auto found = searcher.search(queries.row(q), {.k = 20, .effort = {400}});
      const auto exact = FlatIndex(rows.view(), metric).search(queries.row(q), 20);
      EXPECT_EQ(found, exact) << vectors::metric_name(metric);
    }
  }
}

TEST(GraphIndex, HasTheRecallThatItSays) {
  const Matrix rows = unit_clustered_rows(4000, 64, 1);
  const Matrix queries = unit_clustered_rows(100, 64, 2);
  const GraphIndex index = build_graph_index(rows);
  for (const std::size_t k : {1UL, 10UL, 50UL, 150UL}) {
    for (const double recall : {0.8, 0.9, 0.95, 0.99}) {
      const Effort effort = index.recall().effort_for(recall, k);
      EXPECT_LT(effort.slack, kAnyDistance);
      EXPECT_GE(graph_recall(index, rows, queries, {.k = k, .effort = effort}), recall - 0.03)
          << k << ' ' << recall;
    }
  }
}

TEST(GraphIndex, IsTheSameBytesForAnyNumberOfThreads) {
  const Matrix rows = unit_clustered_rows(1500, 100, 3);
  const GraphIndex one = build_graph_index(rows, Metric::kCosine, 1);
  for (const std::size_t threads : {2UL, 5UL}) {
    const GraphIndex other = build_graph_index(rows, Metric::kCosine, threads);
    ASSERT_EQ(one.graph().size, other.graph().size);
    const std::size_t bytes = one.graph().size * one.graph().layout.bytes();
    EXPECT_EQ(std::memcmp(one.graph().blocks, other.graph().blocks, bytes), 0) << threads;
    EXPECT_EQ(one.graph().entry, other.graph().entry);
    EXPECT_EQ(one.recall().curves, other.recall().curves);
  }
}

TEST(GraphIndex, GivesAllRowsWhenAskedForMore) {
  for (const std::size_t count : {0UL, 1UL, 2UL, 33UL, 70UL}) {
    const Matrix rows = unit_clustered_rows(count, 24, 1);
    const Matrix query = unit_clustered_rows(1, 24, 2);
    const GraphIndex index = build_graph_index(rows);
    GraphSearcher searcher(index);
    EXPECT_EQ(searcher.search(query.row(0), {.k = 100, .effort = {1}}),
              FlatIndex(rows.view()).search(query.row(0), 100))
        << count;
    EXPECT_TRUE(searcher.search(query.row(0), {.k = 0}).empty());
  }
}

TEST(GraphIndex, FindsAmongDuplicatesAndZeros) {
  Matrix rows = unit_clustered_rows(800, 48, 1);
  for (std::size_t r = 100; r < 400; ++r) std::ranges::copy(rows.row(100), rows.row(r).begin());
  for (std::size_t r = 400; r < 500; ++r) std::ranges::fill(rows.row(r), 0.0F);
  const Matrix queries = unit_clustered_rows(40, 48, 2);
  const GraphIndex index = build_graph_index(rows);
  GraphSearcher searcher(index);
  double similar = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto found = searcher.search(queries.row(q), {.k = 10, .effort = {128}});
    const auto exact = FlatIndex(rows.view()).search(queries.row(q), 10);
    ASSERT_EQ(found.size(), 10);
    similar += found == exact ? 1 : 0;
  }
  EXPECT_GE(similar / static_cast<double>(queries.rows), 0.95);
  const std::vector<float> zeros(48, 0.0F);
  EXPECT_EQ(searcher.search(zeros, {.k = 10}).size(), 10);
}

TEST(GraphIndex, OfEqualRowsAlone) {
  Matrix rows(300, 8);
  std::ranges::fill(rows.values, 0.25F);
  const GraphIndex index = build_graph_index(rows, Metric::kL2);
  GraphSearcher searcher(index);
  const auto found = searcher.search(rows.row(0), {.k = 20, .effort = {100}});
  ASSERT_EQ(found.size(), 20);
  for (const Neighbor& neighbor : found) EXPECT_EQ(neighbor.similarity, 0);
}

TEST(GraphIndex, OfOneDimensionAndOfMany) {
  const Matrix narrow = clustered_rows(600, 1, 1);
  const GraphIndex line = build_graph_index(narrow, Metric::kL2);
  EXPECT_GE(graph_recall(line, narrow, clustered_rows(20, 1, 2), {.k = 5, .effort = {100}}), 0.9);
  const Matrix wide = unit_clustered_rows(200, 4096, 1);
  const GraphIndex space = build_graph_index(wide);
  EXPECT_GE(graph_recall(space, wide, unit_clustered_rows(5, 4096, 2), {.k = 10, .effort = {64}}),
            0.95);
}

TEST(GraphIndex, ReachesEveryNode) {
  const Matrix rows = unit_clustered_rows(700, 16, 5);
  const GraphIndex index = build_graph_index(rows);
  GraphSearcher searcher(index);
  EXPECT_EQ(searcher.search(rows.row(3), {.k = 700, .effort = {700}}).size(), 700);
}

TEST(GraphIndex, HasNoEdgeTwice) {
  const GraphIndex index = build_graph_index(unit_clustered_rows(700, 16, 5));
  for (Node p = 0; p < index.graph().size; ++p) {
    std::vector<Node> edges;
    for (const Node edge : index.graph().block(p).edges()) {
      if (edge != kNoNode) edges.push_back(edge);
    }
    std::ranges::sort(edges);
    EXPECT_EQ(std::ranges::adjacent_find(edges), edges.end()) << p;
    EXPECT_FALSE(std::ranges::binary_search(edges, p)) << p;
  }
}

TEST(GraphIndex, RefusesWhatIsNotFinite) {
  Matrix rows = unit_clustered_rows(50, 16, 1);
  rows.row(17)[3] = std::numeric_limits<float>::quiet_NaN();
  try {
    build_graph_index(rows);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("row 17"), std::string::npos) << error.what();
  }
}

TEST(GraphConnect, LeadsToIslandsAndKeepsTheOthersReachable) {
  ThreadPool pool(1);
  const Matrix rows = clustered_rows(200, 8, 1);
  const vectors::MetricSpace space(Metric::kL2, 8);
  const vectors::Rotation rotation(8, 1);
  const GraphPoints points(rows.view(), EqualRows(rows.view()).distinct(), space, rotation, pool);
  Adjacency edges(200);
  // Rings of 40 whose nodes have all their edges within the ring.
  for (Node p = 0; p < 200; ++p) {
    std::vector<Near> ring;
    for (Node e = 1; e <= kDegree; ++e) ring.push_back({1.0F, p / 40 * 40 + (p + e) % 40});
    edges.set(p, ring);
  }
  connect(edges, 0, points);
  std::vector<bool> reached(200, false);
  reach(edges, 0, reached);
  EXPECT_EQ(std::ranges::count(reached, true), 200);
}

}  // namespace
}  // namespace sememe::index
