#include "index/growing_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>
#include <string>

#include "base/random.h"
#include "index/growing_testing.h"
#include "index/index_testing.h"
#include "sememe/error.h"

namespace sememe::index {
namespace {

using vectors::Metric;

GraphIndex built_of(const Matrix& rows, Metric metric = Metric::kCosine,
                    Layout layout = Layout::kFast) {
  ThreadPool pool(1);
  GraphOptions options;
  options.metric = metric;
  options.layout = layout;
  options.build.partition.group_size = 200;
  return GraphIndex::build(rows.view(), options, pool);
}

GrowingOptions options_of(std::size_t capacity, Metric metric = Metric::kCosine) {
  GrowingOptions options;
  options.metric = metric;
  options.capacity = capacity;
  options.longest = 100;
  return options;
}

Matrix rows_for(Metric metric, std::size_t rows, std::size_t dims, std::uint64_t seed) {
  return metric == Metric::kCosine ? unit_clustered_rows(rows, dims, seed)
                                   : clustered_rows(rows, dims, seed);
}

template <class Body>
void expect_error(ErrorCode code, std::string_view named, const Body& body) {
  try {
    body();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_NE(std::string_view(error.what()).find(named), std::string_view::npos) << error.what();
  }
}

TEST(GrowingIndex, FindsTheNearestUnderEveryMetricByInsertsAlone) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const Matrix rows = rows_for(metric, 2000, 96, 1);
    const Matrix queries = rows_for(metric, 60, 96, 2);
    GrowingOptions options = options_of(2000, metric);
    options.longest = vectors::longest_row(rows.view());
    GrowingIndex index(96, options);
    insert_rows(index, rows, 0, rows.rows);
    EXPECT_EQ(index.size(), 2000);
    EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 64}), 0.95)
        << vectors::metric_name(metric);
    EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 256}), 0.99)
        << vectors::metric_name(metric);
  }
}

TEST(GrowingIndex, FindsAsMuchAsOneThatIsBuilt) {
  const Matrix rows = unit_clustered_rows(2000, 64, 1);
  const Matrix queries = unit_clustered_rows(100, 64, 2);
  GrowingIndex grown(64, options_of(2000));
  insert_rows(grown, rows, 0, rows.rows);
  const GraphIndex built = built_of(rows);
  const GrowingIndex copy(built, options_of(2000));
  for (const std::size_t effort : {32UL, 64UL, 128UL}) {
    const GrowingSearch search = {.k = 10, .effort = effort};
    EXPECT_GE(growing_recall(grown, queries, search), growing_recall(copy, queries, search) - 0.015)
        << effort;
  }
}

TEST(GrowingIndex, OfABuiltOneGivesWhatThatGives) {
  Matrix rows = unit_clustered_rows(1000, 40, 1);
  for (std::size_t r = 200; r < 250; ++r) std::ranges::copy(rows.row(3), rows.row(r).begin());
  const Matrix queries = unit_clustered_rows(30, 40, 2);
  const GraphIndex built = built_of(rows);
  const GrowingIndex index(built, options_of(1000));
  GraphSearcher sealed(built);
  GrowingSearcher growing(index);
  for (std::size_t q = 0; q < queries.rows; ++q) {
    EXPECT_EQ(growing.search(queries.row(q), {.k = 20, .effort = 50}),
              sealed.search(queries.row(q), {.k = 20, .effort = {50}}));
  }
}

TEST(GrowingIndex, GrowsFromABuiltOne) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const Matrix rows = rows_for(metric, 1000, 48, 1);
    const Matrix queries = rows_for(metric, 50, 48, 2);
    const Matrix first = rows_for(metric, 500, 48, 3);
    const GraphIndex built = built_of(first, metric);
    GrowingIndex index(built, options_of(1500, metric));
    for (std::size_t r = 0; r < rows.rows; ++r) {
      const double square = vectors::squared_length(rows.row(r));
      if (built.longest() > 0 && square > built.longest() * built.longest()) continue;
      index.insert(rows.row(r));
    }
    EXPECT_GT(index.size(), 1450);
    EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 64}), 0.95)
        << vectors::metric_name(metric);
    // By its inner product a row need not be the nearest to itself.
    if (metric == Metric::kInnerProduct) continue;
    EXPECT_EQ(lost_rows(index), 0) << vectors::metric_name(metric);
  }
}

TEST(GrowingIndex, GivesNoRemovedRowAndFindsTheOthers) {
  const Matrix rows = unit_clustered_rows(2000, 64, 1);
  const Matrix queries = unit_clustered_rows(50, 64, 2);
  GrowingIndex index(64, options_of(2000));
  insert_rows(index, rows, 0, rows.rows);
  const GrowingSearch search = {.k = 10, .effort = 64};
  const double before = growing_recall(index, queries, search);
  Random random(3);
  while (index.removed() < 1000) {
    const std::uint32_t r = random.below(2000);
    if (index.store().is_live(r)) index.remove(r);
  }
  EXPECT_EQ(index.size(), 1000);
  EXPECT_GE(growing_recall(index, queries, search), before - 0.01);
  index.consolidate();
  EXPECT_EQ(index.size(), 1000);
  EXPECT_EQ(index.removed(), 0);
  EXPECT_GE(growing_recall(index, queries, search), before - 0.015);
  EXPECT_EQ(lost_rows(index), 0);
  // Places that were freed are taken again, all of them before others.
  const Matrix more = unit_clustered_rows(1000, 64, 4);
  const auto numbers = insert_rows(index, more, 0, 1000);
  EXPECT_LT(std::ranges::max(numbers), 2000);
  EXPECT_EQ(std::set(numbers.begin(), numbers.end()).size(), 1000);
  EXPECT_GE(growing_recall(index, queries, search), before - 0.015);
  EXPECT_EQ(lost_rows(index), 0);
}

TEST(GrowingIndex, KeepsItsRecallThroughChurn) {
  const Matrix queries = unit_clustered_rows(50, 32, 2);
  GrowingIndex index(32, options_of(1200));
  insert_rows(index, unit_clustered_rows(1000, 32, 1), 0, 1000);
  const GrowingSearch search = {.k = 10, .effort = 64};
  const double before = growing_recall(index, queries, search);
  Random random(3);
  for (std::uint64_t round = 0; round < 10; ++round) {
    const Matrix rows = unit_clustered_rows(300, 32, 10 + round);
    insert_rows(index, rows, 0, 200);
    while (index.removed() < 300) {
      const std::uint32_t r = random.below(1200);
      if (r < index.store().bound() && index.store().is_live(r)) index.remove(r);
    }
    index.consolidate();
    insert_rows(index, rows, 200, 300);
    ASSERT_EQ(index.size(), 1000);
    EXPECT_GE(growing_recall(index, queries, search), before - 0.02) << round;
    EXPECT_EQ(lost_rows(index), 0) << round;
  }
}

TEST(GrowingIndex, GivesAllThatAreThereWhenFewAre) {
  const Matrix rows = unit_clustered_rows(500, 24, 1);
  const Matrix queries = unit_clustered_rows(5, 24, 2);
  GrowingIndex index(24, options_of(500));
  insert_rows(index, rows, 0, 500);
  GrowingSearcher searcher(index);
  for (std::uint32_t r = 0; r < 500; ++r) {
    if (r % 50 != 7) index.remove(r);
  }
  for (const bool consolidated : {false, true}) {
    if (consolidated) index.consolidate();
    for (std::size_t q = 0; q < queries.rows; ++q) {
      for (const std::size_t k : {1UL, 4UL, 10UL, 100UL}) {
        EXPECT_EQ(searcher.search(queries.row(q), {.k = k, .effort = 64}),
                  nearest_live(index, queries.row(q), k))
            << k << consolidated;
      }
    }
  }
  EXPECT_TRUE(searcher.search(queries.row(0), {.k = 0}).empty());
}

// All rows near to the queries are removed: what is left is far, and few edges lead there.
TEST(GrowingIndex, LeadsPastARegionThatWasRemoved) {
  const Matrix rows = unit_clustered_rows(1500, 32, 1);
  GrowingIndex index(32, options_of(1500));
  insert_rows(index, rows, 0, 1500);
  const auto near = nearest_live(index, rows.row(0), 1000);
  for (const Neighbor& n : near) index.remove(static_cast<std::uint32_t>(n.row));
  GrowingSearcher searcher(index);
  EXPECT_EQ(searcher.search(rows.row(0), {.k = 10, .effort = 64}).size(), 10);
  index.consolidate();
  EXPECT_EQ(lost_rows(index), 0);
  EXPECT_GE(growing_recall(index, rows, {.k = 10, .effort = 64}), 0.95);
}

TEST(GrowingIndex, BeginsAnewWhenAllWasRemoved) {
  const Matrix rows = unit_clustered_rows(100, 16, 1);
  GrowingIndex index(16, options_of(100));
  GrowingSearcher searcher(index);
  EXPECT_TRUE(searcher.search(rows.row(0), {.k = 3}).empty());
  for (const bool consolidated : {false, true}) {
    insert_rows(index, rows, 0, 50);
    for (std::uint32_t r = 0; r < index.store().bound(); ++r) {
      if (index.store().is_live(r)) index.remove(r);
    }
    if (consolidated) index.consolidate();
    EXPECT_TRUE(searcher.search(rows.row(0), {.k = 3}).empty());
  }
  EXPECT_EQ(insert_rows(index, rows, 0, 100).front(), 0);
  EXPECT_EQ(lost_rows(index), 0);
}

TEST(GrowingIndex, FindsAllOfManyEqualRows) {
  Matrix rows = unit_clustered_rows(900, 48, 1);
  for (std::size_t r = 100; r < 400; ++r) std::ranges::copy(rows.row(100), rows.row(r).begin());
  for (std::size_t r = 400; r < 500; ++r) std::ranges::fill(rows.row(r), 0.0F);
  GrowingIndex index(48, options_of(900));
  insert_rows(index, rows, 0, 900);
  const Matrix queries = unit_clustered_rows(40, 48, 2);
  EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 128}), 0.95);
  GrowingSearcher searcher(index);
  const auto count_equal = [&](std::size_t row) {
    const auto found = searcher.search(rows.row(row), {.k = 300, .effort = 300});
    return std::ranges::count_if(found,
                                 [&](const Neighbor& n) { return n.row >= 100 && n.row < 400; });
  };
  EXPECT_EQ(count_equal(100), 300);
  // The one that is the node goes first; the others stay.
  for (const std::uint32_t r : {100U, 250U, 399U}) index.remove(r);
  EXPECT_EQ(count_equal(100), 297);
  index.consolidate();
  EXPECT_EQ(count_equal(100), 297);
  // First the node itself, then a freed place; of equal rows the first are given.
  EXPECT_EQ(index.insert(rows.row(100)), 100);
  EXPECT_EQ(index.insert(rows.row(100)), 250);
  EXPECT_EQ(count_equal(100), 299);
  const auto first = searcher.search(rows.row(100), {.k = 160, .effort = 128});
  EXPECT_EQ(first, nearest_live(index, rows.row(100), 160));
  for (std::uint32_t r = 100; r < 400; ++r) {
    if (index.store().is_live(r)) index.remove(r);
  }
  EXPECT_EQ(count_equal(100), 0);
  index.consolidate();
  EXPECT_EQ(index.size(), 600);
  EXPECT_EQ(insert_rows(index, rows, 100, 400).size(), 300);
  EXPECT_EQ(count_equal(100), 300);
  EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 128}), 0.95);
  const std::vector<float> zeros(48, 0.0F);
  EXPECT_EQ(searcher.search(zeros, {.k = 10}).size(), 10);
}

TEST(GrowingIndex, OfOneDimensionAndOfMany) {
  const Matrix narrow = clustered_rows(600, 1, 1);
  GrowingIndex line(1, options_of(600, Metric::kL2));
  insert_rows(line, narrow, 0, 600);
  EXPECT_GE(growing_recall(line, clustered_rows(20, 1, 2), {.k = 5, .effort = 100}), 0.9);
  const Matrix wide = unit_clustered_rows(200, 4096, 1);
  GrowingIndex space(4096, options_of(200));
  insert_rows(space, wide, 0, 200);
  for (std::uint32_t r = 0; r < 50; ++r) space.remove(r);
  space.consolidate();
  EXPECT_GE(growing_recall(space, unit_clustered_rows(5, 4096, 2), {.k = 10, .effort = 64}), 0.95);
}

TEST(GrowingIndex, IsTheSameBytesForTheSameCalls) {
  const Matrix rows = unit_clustered_rows(900, 100, 3);
  const auto make = [&](GrowingIndex& index) {
    auto numbers = insert_rows(index, rows, 0, 600);
    for (std::uint32_t r = 0; r < 600; r += 3) index.remove(r);
    index.consolidate();
    for (const std::uint32_t r : insert_rows(index, rows, 600, 900)) numbers.push_back(r);
    return numbers;
  };
  GrowingIndex one(100, options_of(1000));
  GrowingIndex other(100, options_of(2000));
  EXPECT_EQ(make(one), make(other));
  ASSERT_EQ(one.store().bound(), other.store().bound());
  const std::size_t bytes = one.store().layout().bytes();
  for (Node p = 0; p < one.store().bound(); ++p) {
    ASSERT_EQ(one.store().is_node(p), other.store().is_node(p));
    if (!one.store().is_node(p)) continue;
    EXPECT_EQ(std::memcmp(one.store().view().at(p), other.store().view().at(p), bytes), 0) << p;
  }
  EXPECT_EQ(one.store().entry(), other.store().entry());
}

TEST(GrowingIndex, RefusesWhatItCannotHold) {
  Matrix rows = unit_clustered_rows(20, 16, 1);
  GrowingIndex index(16, options_of(20));
  insert_rows(index, rows, 0, 19);
  std::vector<float> bad(rows.row(19).begin(), rows.row(19).end());
  bad[3] = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::kInvalidArgument, "column 3", [&] { index.insert(bad); });
  EXPECT_EQ(index.size(), 19);
  EXPECT_EQ(index.insert(rows.row(19)), 19);
  rows.row(19)[0] = 0.5F;
  expect_error(ErrorCode::kLimit, "at most 20 rows", [&] { index.insert(rows.row(19)); });
  index.remove(4);
  expect_error(ErrorCode::kNotFound, "row 4", [&] { index.remove(4); });
  expect_error(ErrorCode::kNotFound, "row 20", [&] { index.remove(20); });
  // A removed row's place is not free for other rows before it is consolidated.
  EXPECT_EQ(index.insert(index.store().rows().row(4)), 4);
  index.remove(4);
  expect_error(ErrorCode::kLimit, "19 and 1 removed", [&] { index.insert(rows.row(19)); });
  index.consolidate();
  EXPECT_EQ(index.insert(rows.row(19)), 4);
}

TEST(GrowingIndex, NamesRowsThatAreTooLongForInnerProducts) {
  const Matrix rows = clustered_rows(2, 8, 1);
  GrowingOptions options = options_of(10, Metric::kInnerProduct);
  options.longest = 2 * vectors::longest_row(rows.view());
  GrowingIndex index(8, options);
  insert_rows(index, rows, 0, 2);
  std::vector<float> longer(8, options.longest);
  expect_error(ErrorCode::kInvalidArgument, "length at most", [&] { index.insert(longer); });
  EXPECT_EQ(index.size(), 2);
  options.longest = 0;
  expect_error(ErrorCode::kInvalidArgument, "longest", [&] { GrowingIndex(8, options); });
}

TEST(GrowingIndex, RefusesCapacitiesAndBuiltOnesOutOfRange) {
  expect_error(ErrorCode::kInvalidArgument, "capacity", [] { GrowingIndex(8, options_of(0)); });
  expect_error(ErrorCode::kInvalidArgument, "capacity",
               [] { GrowingIndex(8, options_of((std::size_t{1} << 30) + 1)); });
  const Matrix rows = unit_clustered_rows(50, 8, 1);
  const GraphIndex built = built_of(rows);
  expect_error(ErrorCode::kLimit, "50", [&] { GrowingIndex(built, options_of(49)); });
  const GraphIndex compact = built_of(rows, Metric::kCosine, Layout::kCompact);
  expect_error(ErrorCode::kUnsupported, "compact", [&] { GrowingIndex(compact, options_of(50)); });
}

}  // namespace
}  // namespace sememe::index
