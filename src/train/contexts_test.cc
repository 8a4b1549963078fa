#include "train/contexts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/test_values.h"

namespace sememe::train {
namespace {

TEST(RandomContexts, HoldEveryTokenOnceARound) {
  const Sequences contexts = random_contexts(10, 3, 4, 5);
  EXPECT_EQ(contexts.size(), 9U);
  EXPECT_EQ(contexts.ids.size(), 30U);
  EXPECT_EQ(contexts.starts[3], 10U);  // lengths 4, 4, 2
  for (std::size_t round = 0; round < 3; ++round) {
    std::vector<TokenId> ids(contexts.ids.begin() + std::ptrdiff_t(10 * round),
                             contexts.ids.begin() + std::ptrdiff_t(10 * round + 10));
    EXPECT_FALSE(std::ranges::is_sorted(ids));
    std::ranges::sort(ids);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(static_cast<std::size_t>(ids[i]), i);
  }
  EXPECT_EQ(random_contexts(10, 3, 4, 5).ids, contexts.ids);
  EXPECT_NE(random_contexts(10, 3, 4, 6).ids, contexts.ids);
  EXPECT_EQ(random_contexts(10, 0, 4, 5).size(), 0U);
}

Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix out(rows, cols);
  out.values = kernels::test_values(rows * cols, seed);
  return out;
}

// The same regression by Gaussian elimination on the normal equations, in double.
std::vector<double> solve_directly(const Sequences& contexts, const Matrix& targets,
                                   const Matrix& rows, std::size_t column) {
  const std::size_t n = rows.rows;
  std::vector<std::vector<double>> x(contexts.size(), std::vector<double>(n));
  for (std::size_t s = 0; s < contexts.size(); ++s) {
    const std::size_t length = contexts.starts[s + 1] - contexts.starts[s];
    for (std::size_t t = contexts.starts[s]; t < contexts.starts[s + 1]; ++t) {
      x[s][static_cast<std::size_t>(contexts.ids[t])] += 1.0 / double(length);
    }
  }
  std::vector<double> mean(targets.cols);
  for (std::size_t s = 0; s < targets.rows; ++s) {
    for (std::size_t c = 0; c < targets.cols; ++c) mean[c] += targets.row(s)[c];
  }
  double product = 0;
  double square = 0;
  std::vector<double> predicted(contexts.size());
  for (std::size_t s = 0; s < contexts.size(); ++s) {
    for (std::size_t c = 0; c < rows.cols; ++c) {
      double sum = 0;
      for (std::size_t v = 0; v < n; ++v) sum += x[s][v] * rows.row(v)[c];
      product += sum * (targets.row(s)[c] - mean[c] / double(targets.rows));
      square += sum * sum;
      if (c == column) predicted[s] = sum;
    }
  }
  const double scale = product / square;
  double weight = 0;
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1));
  for (std::size_t s = 0; s < contexts.size(); ++s) {
    const double left =
        targets.row(s)[column] - mean[column] / double(targets.rows) - scale * predicted[s];
    const std::size_t length = contexts.starts[s + 1] - contexts.starts[s];
    weight += 1.0 / double(length);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) a[i][j] += x[s][i] * x[s][j];
      a[i][n] += x[s][i] * left;
    }
  }
  for (std::size_t i = 0; i < n; ++i) a[i][i] += 0.4 * weight / double(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t r = i + 1; r < n; ++r) {
      const double factor = a[r][i] / a[i][i];
      for (std::size_t c = i; c <= n; ++c) a[r][c] -= factor * a[i][c];
    }
  }
  std::vector<double> solution(n);
  for (std::size_t i = n; i-- > 0;) {
    solution[i] = a[i][n];
    for (std::size_t j = i + 1; j < n; ++j) solution[i] -= a[i][j] * solution[j];
    solution[i] /= a[i][i];
  }
  for (std::size_t i = 0; i < n; ++i) solution[i] += scale * rows.row(i)[column];
  return solution;
}

TEST(FitRows, IsRidgeRegression) {
  ThreadPool pool(2);
  const Sequences contexts = random_contexts(30, 6, 4, 2);
  const Matrix targets = random_matrix(contexts.size(), 5, 3);
  const Matrix before = random_matrix(30, 5, 4);
  Matrix rows = before;
  fit_rows(contexts, targets, rows, pool);
  for (std::size_t column = 0; column < 5; ++column) {
    const std::vector<double> expected = solve_directly(contexts, targets, before, column);
    for (std::size_t v = 0; v < 30; ++v) {
      EXPECT_NEAR(rows.row(v)[column], expected[v], 1e-4) << v << ", " << column;
    }
  }
}

TEST(FitRows, BringsMeansNearerToTheirTargets) {
  ThreadPool pool(1);
  const Sequences contexts = random_contexts(60, 8, 4, 2);
  const Matrix truth = random_matrix(60, 8, 3);
  const auto means = [&](const Matrix& rows) {
    Matrix out(contexts.size(), 8);
    for (std::size_t s = 0; s < contexts.size(); ++s) {
      for (std::size_t t = contexts.starts[s]; t < contexts.starts[s + 1]; ++t) {
        for (std::size_t c = 0; c < 8; ++c) {
          out.row(s)[c] += rows.row(static_cast<std::size_t>(contexts.ids[t]))[c] / 4;
        }
      }
    }
    return out;
  };
  Matrix targets = means(truth);
  subtract_mean(targets);
  Matrix rows = truth;
  const std::vector<float> noise = kernels::test_values(rows.values.size(), 9);
  for (std::size_t i = 0; i < noise.size(); ++i) rows.values[i] += noise[i];
  const auto error = [&](const Matrix& candidate) {
    const Matrix found = means(candidate);
    double sum = 0;
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      sum += std::pow(double{found.values[i]} - targets.values[i], 2);
    }
    return sum;
  };
  const double before = error(rows);
  fit_rows(contexts, targets, rows, pool);
  EXPECT_LT(error(rows), 0.2 * before);
}

TEST(FitRows, IsTheSameForAnyNumberOfThreads) {
  const Sequences contexts = random_contexts(900, 3, 4, 8);
  const Matrix targets = random_matrix(contexts.size(), 24, 3);
  Matrix one = random_matrix(900, 24, 4);
  Matrix four = one;
  ThreadPool single(1);
  ThreadPool many(4);
  fit_rows(contexts, targets, one, single);
  fit_rows(contexts, targets, four, many);
  EXPECT_EQ(one.values, four.values);
}

TEST(SubtractMean, LeavesColumnsOfMeanZero) {
  Matrix rows(2, 2);
  rows.values = {1, 2, 3, 6};
  subtract_mean(rows);
  EXPECT_EQ(rows.values, (std::vector<float>{-1, -2, 1, 2}));
}

}  // namespace
}  // namespace sememe::train
