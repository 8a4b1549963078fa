#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"
#include "index/index_testing.h"

namespace sememe::index {
namespace {

using vectors::Metric;

RowSet random_rows(std::size_t size, double share, std::uint64_t seed) {
  RowSet out(size);
  Random random(seed);
  for (std::size_t row = 0; row < size; ++row) {
    if (random.uniform() < share) out.insert(row);
  }
  return out;
}

// Searches for every query: the share of the nearest passing rows that was found, each result being
// one of them with its exact similarity, in order, and none missing in number.
double filtered_recall(const GraphIndex& index, const Matrix& rows, const Matrix& queries,
                       const GraphSearch& options) {
  GraphSearcher searcher(index);
  const FlatIndex flat(rows.view(), index.metric());
  std::size_t hits = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto found = searcher.search(queries.row(q), options);
    const auto exact = flat.search(queries.row(q), options.k, *options.allowed);
    EXPECT_EQ(found.size(), exact.size());
    EXPECT_TRUE(std::ranges::is_sorted(found, ranks_before));
    for (const Neighbor& n : found) {
      EXPECT_TRUE(options.allowed->contains(n.row)) << n.row;
      EXPECT_EQ(n.similarity, similarity(index.metric(), rows.row(n.row), queries.row(q)));
    }
    wanted += exact.size();
    for (const Neighbor& neighbor : exact) {
      hits += std::ranges::find(found, neighbor) != found.end() ? 1U : 0U;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(hits) / static_cast<double>(wanted);
}

TEST(GraphFilter, FindsTheNearestOfSomeRowsUnderEveryMetric) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const bool unit = metric == Metric::kCosine;
    const Matrix rows = unit ? unit_clustered_rows(2500, 96, 1) : clustered_rows(2500, 96, 1);
    const Matrix queries = unit ? unit_clustered_rows(40, 96, 2) : clustered_rows(40, 96, 2);
    const GraphIndex index = build_graph_index(rows, metric);
    for (const double share : {1.0, 0.9, 0.5, 0.1, 0.01}) {
      const RowSet allowed = random_rows(rows.rows, share, 3);
      EXPECT_GE(filtered_recall(index, rows, queries, {.effort = {64}, .allowed = &allowed}), 0.95)
          << vectors::metric_name(metric) << ' ' << share;
      EXPECT_GE(filtered_recall(index, rows, queries, {.effort = {256}, .allowed = &allowed}), 0.98)
          << vectors::metric_name(metric) << ' ' << share;
      const Effort asked = index.recall().effort_for(0.95, 10);
      EXPECT_LT(asked.slack, kAnyDistance);
      EXPECT_GE(filtered_recall(index, rows, queries, {.effort = asked, .allowed = &allowed}), 0.95)
          << vectors::metric_name(metric) << ' ' << share;
    }
  }
}

TEST(GraphFilter, FollowsASetThatChanges) {
  const Matrix rows = unit_clustered_rows(4000, 24, 1);
  const Matrix query = unit_clustered_rows(1, 24, 2);
  const GraphIndex index = build_graph_index(rows, Metric::kCosine);
  GraphSearcher searcher(index);
  const FlatIndex flat(rows.view());
  RowSet allowed = random_rows(rows.rows, 0.02, 3);  // scanned
  const RowSet others = random_rows(rows.rows, 0.02, 4);
  for (int i = 0; i < 20; ++i) {
    const auto found = searcher.search(query.row(0), {.k = 1, .allowed = &allowed});
    ASSERT_EQ(found, flat.search(query.row(0), 1, allowed)) << i;
    allowed.erase(found.front().row);
    if (i % 5 == 4) {
      EXPECT_EQ(searcher.search(query.row(0), {.k = 1, .allowed = &others}),
                flat.search(query.row(0), 1, others));
    }
  }
}

TEST(GraphFilter, GivesEveryPassingRowWhenAskedForMore) {
  const Matrix rows = unit_clustered_rows(700, 24, 1);
  const Matrix query = unit_clustered_rows(1, 24, 2);
  const GraphIndex index = build_graph_index(rows);
  GraphSearcher searcher(index);
  for (const std::size_t count : {0UL, 1UL, 5UL, 99UL, 100UL, 350UL, 700UL}) {
    RowSet allowed(rows.rows);
    for (std::size_t i = 0; i < count; ++i) allowed.insert(i * 37 % 700);
    const auto exact = FlatIndex(rows.view()).search(query.row(0), 700, allowed);
    ASSERT_EQ(exact.size(), count);
    EXPECT_EQ(searcher.search(query.row(0), {.k = 700, .effort = {1}, .allowed = &allowed}), exact);
    const auto some = searcher.search(query.row(0), {.k = 100, .effort = {1}, .allowed = &allowed});
    EXPECT_EQ(some.size(), std::min<std::size_t>(count, 100));
    EXPECT_TRUE(searcher.search(query.row(0), {.k = 0, .allowed = &allowed}).empty());
  }
}

TEST(GraphFilter, FindsASingleRow) {
  const Matrix rows = unit_clustered_rows(2000, 48, 1);
  const Matrix queries = unit_clustered_rows(3, 48, 2);
  const GraphIndex index = build_graph_index(rows);
  for (const std::size_t row : {0UL, 777UL, 1999UL}) {
    RowSet allowed(rows.rows);
    allowed.insert(row);
    EXPECT_EQ(filtered_recall(index, rows, queries, {.effort = {10}, .allowed = &allowed}), 1.0);
  }
}

// Half of the rows may be returned, those far from the query: a walk to the query meets none.
TEST(GraphFilter, FindsRowsThatAreFarFromTheQuery) {
  const Matrix rows = unit_clustered_rows(2500, 64, 1);
  const Matrix queries = unit_clustered_rows(10, 64, 2);
  const GraphIndex index = build_graph_index(rows);
  for (const double share : {0.5, 0.1, 0.01}) {
    double recall = 0;
    double recall_as_asked = 0;
    for (std::size_t q = 0; q < queries.rows; ++q) {
      const auto order = FlatIndex(rows.view()).search(queries.row(q), rows.rows);
      RowSet allowed(rows.rows);
      const auto far = static_cast<std::size_t>(share * static_cast<double>(rows.rows));
      for (const Neighbor& n : std::span(order).last(far)) allowed.insert(n.row);
      Matrix one(1, 64);
      std::ranges::copy(queries.row(q), one.row(0).begin());
      recall += filtered_recall(index, rows, one, {.effort = {64}, .allowed = &allowed});
      recall_as_asked += filtered_recall(
          index, rows, one, {.effort = index.recall().effort_for(0.95, 10), .allowed = &allowed});
    }
    EXPECT_GE(recall / static_cast<double>(queries.rows), 0.95) << share;
    EXPECT_GE(recall_as_asked / static_cast<double>(queries.rows), 0.95) << share;
  }
}

TEST(GraphFilter, PassesTheRightOnesOfEqualRows) {
  Matrix rows = unit_clustered_rows(900, 32, 1);
  for (std::size_t r = 100; r < 400; ++r) std::ranges::copy(rows.row(100), rows.row(r).begin());
  for (std::size_t r = 400; r < 900; r += 2) {
    std::ranges::copy(rows.row(r), rows.row(r + 1).begin());
  }
  const GraphIndex index = build_graph_index(rows);
  Matrix queries = unit_clustered_rows(20, 32, 2);
  std::ranges::copy(rows.row(100), queries.row(0).begin());
  for (const double share : {0.5, 0.1, 0.03}) {
    RowSet allowed = random_rows(rows.rows, share, 4);
    allowed.erase(100);  // the row that stands for its equals
    EXPECT_GE(filtered_recall(index, rows, queries, {.effort = {100}, .allowed = &allowed}), 0.95)
        << share;
  }
}

}  // namespace
}  // namespace sememe::index
