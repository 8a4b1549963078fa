#include "vectors/metric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "vectors/exact_testing.h"
#include "vectors/similarity.h"

namespace sememe::vectors {
namespace {

constexpr std::size_t kDims = 24;

Matrix random_rows(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, kDims);
  for (std::size_t r = 0; r < rows; ++r) {
    const float length = std::exp(normal(random));
    for (float& value : matrix.row(r)) value = length * normal(random);
  }
  return matrix;
}

double distance(std::span<const float> a, std::span<const float> b) {
  return product(a, a) + product(b, b) - 2 * product(a, b);
}

double outer_similarity(Metric metric, std::span<const float> a, std::span<const float> b) {
  if (metric == Metric::kCosine) return cosine(a, b);
  return metric == Metric::kL2 ? -distance(a, b) : product(a, b);
}

TEST(MetricSpace, DistancesInsideAreTheMetricOutside) {
  const Matrix rows = random_rows(40, 1);
  const Matrix queries = random_rows(5, 2);
  const float longest = longest_row(rows.view());
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    const MetricSpace space(metric, kDims, longest);
    std::vector<float> row(space.dims());
    std::vector<float> query(space.dims());
    for (std::size_t q = 0; q < queries.rows; ++q) {
      EXPECT_TRUE(space.map_query(queries.row(q), query));
      for (std::size_t r = 0; r < rows.rows; ++r) {
        EXPECT_TRUE(space.map_row(rows.row(r), row));
        const double inside = distance(row, query);
        const double outside = outer_similarity(metric, rows.row(r), queries.row(q));
        const float expected = space.distance_of(static_cast<float>(outside), queries.row(q));
        const double scale = metric == Metric::kCosine ? 1 : 2 * double{longest * longest};
        EXPECT_NEAR(inside, expected, 1e-6 * scale);
      }
    }
  }
}

TEST(MetricSpace, RowsOfTheInnerProductHaveOneLength) {
  const Matrix rows = random_rows(40, 3);
  const float longest = longest_row(rows.view());
  const MetricSpace space(Metric::kInnerProduct, kDims, longest);
  std::vector<float> row(space.dims());
  for (std::size_t r = 0; r < rows.rows; ++r) {
    space.map_row(rows.row(r), row);
    EXPECT_NEAR(std::sqrt(product(row, row)), longest, 1e-5 * longest);
  }
}

TEST(MetricSpace, ZerosHaveNoDirection) {
  const MetricSpace space(Metric::kCosine, 3);
  const std::vector<float> zeros(3);
  std::vector<float> out(3, 1.0F);
  EXPECT_FALSE(space.map_row(zeros, out));
  EXPECT_EQ(out, zeros);
  EXPECT_FALSE(space.map_query(zeros, out));
  EXPECT_TRUE(MetricSpace(Metric::kL2, 3).map_row(zeros, out));
}

TEST(Metric, NamesAreReadBack) {
  for (const Metric metric : {Metric::kCosine, Metric::kInnerProduct, Metric::kL2}) {
    EXPECT_EQ(parse_metric(metric_name(metric)), metric);
  }
  EXPECT_FALSE(parse_metric("euclid").has_value());
}

TEST(LongestRow, OfNoneIsNothing) { EXPECT_LT(longest_row(MatrixView{nullptr, 0, 3}), 1e-40F); }

}  // namespace
}  // namespace sememe::vectors
