#include "eval/index_report.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "sememe/error.h"

namespace sememe::eval {
namespace {

Matrix random_vectors(std::size_t rows, std::uint64_t seed) {
  Matrix out(rows, 16);
  Random random(seed);
  for (float& value : out.values) value = random.uniform() - 0.5F;
  return out;
}

TEST(IndexReport, MeasuresAllRowsAndSomeOfThem) {
  Matrix rows = random_vectors(600, 1);
  Matrix queries = random_vectors(20, 2);
  IndexTest test;
  test.targets = {0.9, 1.0};
  test.selectivities = {0.5, 0.01};
  test.rounds = 1;
  const IndexReport report = evaluate_index(rows, queries, test);
  ASSERT_EQ(report.targets.size(), 2);
  ASSERT_EQ(report.filtered.size(), 4);
  EXPECT_GT(report.bytes_per_vector, 16 * sizeof(float));
  for (std::size_t i = 0; i < 4; ++i) {
    const FilteredTarget& at = report.filtered[i];
    EXPECT_EQ(at.selectivity, test.selectivities[i / 2]);
    EXPECT_NEAR(static_cast<double>(at.passing), 600 * at.selectivity, 60);
    EXPECT_EQ(at.at.target, test.targets[i % 2]);
    EXPECT_EQ(at.at.effort, i % 2 == 0 ? report.targets[0].effort : 0);
    EXPECT_GE(at.at.recall, i % 2 == 0 ? 0.85 : 1.0);
    EXPECT_GT(at.at.qps_cpu, 0);
  }
}

TEST(IndexReport, RefusesQueriesOfOtherDimensions) {
  Matrix rows = random_vectors(10, 1);
  Matrix queries(2, 17);
  EXPECT_THROW(evaluate_index(rows, queries, {}), Error);
}

}  // namespace
}  // namespace sememe::eval
