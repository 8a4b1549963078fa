#include "index/max_sim.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "index/index_testing.h"
#include "sememe/error.h"

namespace sememe::index {
namespace {

using vectors::Metric;

GraphIndex build(const Matrix& rows, Metric metric) {
  ThreadPool pool(2);
  GraphOptions options;
  options.metric = metric;
  options.build.partition.group_size = 200;
  return GraphIndex::build(rows.view(), options, pool);
}

// Documents of 0 to 12 vectors, some of none.
std::vector<std::size_t> some_offsets(std::size_t rows) {
  std::vector<std::size_t> offsets = {0};
  for (std::size_t d = 0; offsets.back() < rows; ++d) {
    offsets.push_back(std::min(rows, offsets.back() + d * d % 13));
  }
  offsets.push_back(rows);
  return offsets;
}

double brute_force(const Matrix& rows, std::size_t begin, std::size_t end, MatrixView query) {
  double sum = 0;
  for (std::size_t q = 0; q < query.rows; ++q) {
    double most = -1e30;
    for (std::size_t r = begin; r < end; ++r) {
      double product = 0;
      for (std::size_t i = 0; i < rows.cols; ++i) {
        product += double{rows.row(r)[i]} * double{query.row(q)[i]};
      }
      most = std::max(most, product);
    }
    sum += most;
  }
  return sum;
}

TEST(MaxSim, ScoresAreTheSumsOfLargestProducts) {
  const Matrix rows = clustered_rows(700, 24, 1);
  const std::vector<std::size_t> offsets = some_offsets(rows.rows);
  const MultiVectors documents(rows.view(), offsets);
  const Matrix query = clustered_rows(7, 24, 2);
  ThreadPool pool(3);
  std::vector<Neighbor> expected;
  for (std::size_t d = 0; d < documents.size(); ++d) {
    if (offsets[d] == offsets[d + 1]) continue;
    const float score = documents.score(query.view(), d);
    EXPECT_NEAR(score, brute_force(rows, offsets[d], offsets[d + 1], query.view()), 1e-4);
    expected.push_back({d, score});
  }
  std::ranges::sort(expected, ranks_before);
  EXPECT_LT(expected.size(), documents.size());
  EXPECT_EQ(documents.search_exact(query.view(), documents.size()), expected);
  expected.resize(10);
  EXPECT_EQ(documents.search_exact(query.view(), 10, &pool), expected);
}

TEST(MaxSim, OfADocumentOfManyVectors) {
  const Matrix rows = clustered_rows(1000, 16, 1);
  const MultiVectors documents(rows.view(), std::vector<std::size_t>{0, 1000});
  const Matrix query = clustered_rows(3, 16, 2);
  EXPECT_NEAR(documents.score(query.view(), 0), brute_force(rows, 0, 1000, query.view()), 1e-4);
}

TEST(MaxSim, FindsTheBestDocuments) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct}) {
    const bool unit = metric == Metric::kCosine;
    const Matrix rows = unit ? unit_clustered_rows(3000, 48, 1) : clustered_rows(3000, 48, 1);
    const MultiVectors documents(rows.view(), some_offsets(rows.rows));
    const GraphIndex index = build(rows, metric);
    MaxSimSearcher searcher(documents, index);
    std::size_t hits = 0;
    for (std::uint64_t seed = 2; seed < 22; ++seed) {
      const Matrix query = unit ? unit_clustered_rows(5, 48, seed) : clustered_rows(5, 48, seed);
      const auto found = searcher.search(query.view(), {});
      const auto exact = documents.search_exact(query.view(), 10);
      ASSERT_EQ(found.size(), 10);
      EXPECT_TRUE(std::ranges::is_sorted(found, ranks_before));
      for (const Neighbor& n : exact) {
        hits += std::ranges::find(found, n) != found.end() ? 1U : 0U;
      }
      const auto all = searcher.search(query.view(), {.k = 10000, .near = 1, .effort = 1});
      EXPECT_EQ(all, documents.search_exact(query.view(), 10000));
    }
    EXPECT_GE(static_cast<double>(hits) / 200, 0.95) << vectors::metric_name(metric);
  }
}

TEST(MaxSim, OfOneVectorEachIsASearch) {
  const Matrix rows = unit_clustered_rows(500, 32, 1);
  std::vector<std::size_t> offsets;
  for (std::size_t d = 0; d <= 500; ++d) offsets.push_back(d);
  const MultiVectors documents(rows.view(), offsets);
  const Matrix query = unit_clustered_rows(1, 32, 2);
  EXPECT_EQ(documents.search_exact(query.view(), 20),
            FlatIndex(rows.view()).search(query.row(0), 20));
}

TEST(MaxSim, RefusesOffsetsAndIndexesOfOthers) {
  const Matrix rows = unit_clustered_rows(50, 16, 1);
  const auto refusal = [&](const std::vector<std::size_t>& offsets) -> std::string {
    try {
      MultiVectors(rows.view(), offsets);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return error.what();
    }
  };
  EXPECT_EQ(refusal({0, 50}), "");
  EXPECT_NE(refusal({}).find("found none"), std::string::npos);
  EXPECT_NE(refusal({0, 49}).find("found 0 to 49"), std::string::npos);
  EXPECT_NE(refusal({0, 30, 20, 50}).find("document 1: expected an end from row 30 on, found 20"),
            std::string::npos);
  const MultiVectors documents(rows.view(), std::vector<std::size_t>{0, 50});
  EXPECT_THROW(MaxSimSearcher(documents, build(rows, Metric::kL2)), Error);
  EXPECT_THROW(MaxSimSearcher(documents, build(unit_clustered_rows(49, 16, 1), Metric::kCosine)),
               Error);
}

}  // namespace
}  // namespace sememe::index
