#include "train/pca.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "kernels/test_values.h"

namespace sememe::train {
namespace {

// Rows with one large, one middle and small variances, along no axis of the coordinates.
Matrix test_rows(std::size_t count, std::size_t width) {
  const std::vector<float> values = kernels::test_values(count * width, 11);
  Matrix rows(count, width);
  for (std::size_t r = 0; r < count; ++r) {
    const float* x = values.data() + r * width;
    for (std::size_t c = 0; c < width; ++c) {
      rows.row(r)[c] = 0.1F * x[c] + 3.0F * x[0] * std::sin(1.0F + float(c)) +
                       1.0F * x[1] * std::cos(2.0F * float(c)) + 5.0F;
    }
  }
  return rows;
}

double squared_length(const Matrix& rows) {
  double sum = 0;
  for (const float value : rows.values) sum += double{value} * double{value};
  return sum;
}

TEST(PrincipalComponents, KeepDistancesWhenAllAreKept) {
  ThreadPool pool(1);
  const Matrix rows = test_rows(200, 24);
  const Projection all = principal_components(rows, 24, pool);
  EXPECT_NEAR(all.explained_variance, 1, 1e-12);
  for (std::size_t r = 1; r < 200; r += 17) {
    double before = 0;
    double after = 0;
    for (std::size_t c = 0; c < 24; ++c) {
      before += std::pow(double{rows.row(r)[c]} - rows.row(0)[c], 2);
      after += std::pow(double{all.rows.row(r)[c]} - all.rows.row(0)[c], 2);
    }
    EXPECT_NEAR(after, before, 1e-5 * before);
  }
}

TEST(PrincipalComponents, AreUncorrelatedWithFallingVariance) {
  ThreadPool pool(2);
  const Matrix out = principal_components(test_rows(300, 40), 10, pool).rows;
  double before = INFINITY;
  for (std::size_t a = 0; a < 10; ++a) {
    double mean = 0;
    for (std::size_t r = 0; r < 300; ++r) mean += out.row(r)[a];
    EXPECT_NEAR(mean / 300, 0, 1e-5);
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t r = 0; r < 300; ++r) product += double{out.row(r)[a]} * out.row(r)[b];
      if (b < a) {
        EXPECT_NEAR(product / 300, 0, 1e-5) << a << " and " << b;
      } else {
        EXPECT_LE(product, before);
        before = product;
      }
    }
  }
}

TEST(PrincipalComponents, ExplainWhatTheyKeep) {
  ThreadPool pool(1);
  const Matrix rows = test_rows(500, 32);
  const double all = squared_length(principal_components(rows, 32, pool).rows);
  for (const std::size_t dims : {1U, 2U, 5U}) {
    const Projection some = principal_components(rows, dims, pool);
    EXPECT_NEAR(some.explained_variance, squared_length(some.rows) / all, 1e-6);
  }
  EXPECT_GT(principal_components(rows, 2, pool).explained_variance, 0.95);
}

TEST(PrincipalComponents, TheLargestEntryOfAColumnIsPositive) {
  ThreadPool pool(1);
  const Matrix out = principal_components(test_rows(100, 16), 16, pool).rows;
  for (std::size_t c = 0; c < out.cols; ++c) {
    float largest = 0;
    for (std::size_t r = 0; r < out.rows; ++r) {
      if (std::abs(out.row(r)[c]) > std::abs(largest)) largest = out.row(r)[c];
    }
    EXPECT_GT(largest, 0);
  }
}

TEST(PrincipalComponents, AreTheSameForAnyNumberOfThreads) {
  ThreadPool one(1);
  ThreadPool four(4);
  const Matrix rows = test_rows(700, 50);
  EXPECT_EQ(principal_components(rows, 20, one).rows.values,
            principal_components(rows, 20, four).rows.values);
}

TEST(PrincipalComponents, ProjectOtherRowsOntoTheSameAxes) {
  ThreadPool pool(1);
  const Matrix rows = test_rows(100, 16);
  const Projection some = principal_components(rows, 3, pool);
  EXPECT_EQ(project(rows, some, pool).values, some.rows.values);
  // The row between two comes to the point between theirs.
  Matrix between(1, 16);
  for (std::size_t c = 0; c < 16; ++c) {
    between.row(0)[c] = (rows.row(4)[c] + rows.row(9)[c]) / 2;
  }
  const Matrix out = project(between, some, pool);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(out.row(0)[c], (some.rows.row(4)[c] + some.rows.row(9)[c]) / 2, 1e-5);
  }
}

TEST(PrincipalComponents, TakeRowsThatAreAllEqual) {
  ThreadPool pool(1);
  Matrix rows(5, 4);
  std::ranges::fill(rows.values, 2.0F);
  EXPECT_EQ(principal_components(rows, 4, pool).rows.values, std::vector<float>(20, 0.0F));
}

}  // namespace
}  // namespace sememe::train
