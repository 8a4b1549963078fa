#include "train/truncated_svd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <eigen3/Eigen/SVD>

#include "sememe/error.h"
#include "train/sparse_testing.h"

namespace sememe::train {
namespace {

SingularVectors svd_of(const SparseMatrix& a, const SvdOptions& options, std::size_t threads = 1) {
  ThreadPool pool(threads);
  return truncated_svd(a, a.transposed(), options, pool);
}

// Largest entry of x^T x - 1, over its first n columns.
double departure_from_orthonormal(const VectorTable& x, Eigen::Index n) {
  const Eigen::MatrixXd q = dense(x).leftCols(n);
  return (q.transpose() * q - Eigen::MatrixXd::Identity(n, n)).cwiseAbs().maxCoeff();
}

// A matrix whose singular values fall by a factor from one to the next.
SparseMatrix with_falling_values(std::size_t rows, std::size_t cols, double factor) {
  const Eigen::MatrixXd noise = dense(random_sparse(rows, cols, 1, 5));
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(noise, Eigen::ComputeThinU | Eigen::ComputeThinV);
  Eigen::VectorXd values(svd.singularValues().size());
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values[i] = std::pow(factor, static_cast<double>(i));
  }
  const Eigen::MatrixXd a = svd.matrixU() * values.asDiagonal() * svd.matrixV().transpose();
  SparseMatrix out(cols);
  for (Eigen::Index r = 0; r < a.rows(); ++r) {
    for (Eigen::Index c = 0; c < a.cols(); ++c) {
      out.add(static_cast<std::uint32_t>(c), static_cast<float>(a(r, c)));
    }
    out.end_row();
  }
  return out;
}

// All directions that there are: nothing is left to chance.
TEST(TruncatedSvd, IsThatOfEigenForSmallMatrices) {
  for (const auto& [rows, cols] : {std::pair{40, 25}, std::pair{25, 40}}) {
    const SparseMatrix a =
        random_sparse(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols), 0.3, 7);
    const SingularVectors svd = svd_of(a, {.dim = 25});
    const Eigen::JacobiSVD<Eigen::MatrixXd> expected(dense(a),
                                                     Eigen::ComputeThinU | Eigen::ComputeThinV);
    for (Eigen::Index i = 0; i < 25; ++i) {
      const double value = expected.singularValues()[i];
      EXPECT_NEAR(svd.values[static_cast<std::size_t>(i)], value,
                  1e-5 * expected.singularValues()[0]);
      // Up to the sign.
      EXPECT_NEAR(std::abs(expected.matrixU().col(i).dot(dense(svd.left).col(i))), 1, 1e-4);
      EXPECT_NEAR(std::abs(expected.matrixV().col(i).dot(dense(svd.right).col(i))), 1, 1e-4);
    }
    const Eigen::Map<const Eigen::VectorXd> values(svd.values.data(), 25);
    const Eigen::MatrixXd again =
        dense(svd.left) * values.asDiagonal() * dense(svd.right).transpose();
    EXPECT_LT((again - dense(a)).cwiseAbs().maxCoeff(), 1e-4);
  }
}

// Random entries have the flattest of spectra, the hardest there is.
TEST(TruncatedSvd, FindsTheValuesOfALargeMatrix) {
  const SparseMatrix a = random_sparse(1500, 400, 0.05, 11);
  const SingularVectors svd = svd_of(a, {.dim = 20, .iterations = 25});
  const Eigen::BDCSVD<Eigen::MatrixXd> expected(dense(a));
  for (std::size_t i = 0; i < 20; ++i) {
    const double value = expected.singularValues()[static_cast<Eigen::Index>(i)];
    EXPECT_NEAR(svd.values[i], value, 1e-3 * value) << i;
  }
  EXPECT_LT(departure_from_orthonormal(svd.left, 20), 1e-5);
  EXPECT_LT(departure_from_orthonormal(svd.right, 20), 1e-5);
}

TEST(TruncatedSvd, FindsValuesThatFallSteeply) {
  const SparseMatrix a = with_falling_values(300, 120, 0.6);
  const SingularVectors svd = svd_of(a, {.dim = 20, .iterations = 2});
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(svd.values[i] / std::pow(0.6, static_cast<double>(i)), 1, 1e-2) << i;
  }
  EXPECT_LT(departure_from_orthonormal(svd.left, 20), 1e-4);
}

TEST(TruncatedSvd, ColumnsBeyondTheRankAreZero) {
  SparseMatrix a(6);
  for (int row = 0; row < 10; ++row) {
    a.add(static_cast<std::uint32_t>(row % 2), 1);
    a.add(static_cast<std::uint32_t>(2 + row % 2), 2);
    a.end_row();
  }
  const SingularVectors svd = svd_of(a, {.dim = 5});
  EXPECT_NEAR(svd.values[0], 5, 1e-5);
  EXPECT_NEAR(svd.values[1], 5, 1e-5);
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(svd.values[i], 0);
    EXPECT_EQ(dense(svd.left).col(static_cast<Eigen::Index>(i)).norm(), 0);
    EXPECT_EQ(dense(svd.right).col(static_cast<Eigen::Index>(i)).norm(), 0);
  }
  SparseMatrix nothing(3);
  nothing.end_row();
  EXPECT_EQ(svd_of(nothing, {.dim = 2}).values, std::vector<double>(2));
}

TEST(TruncatedSvd, GivesTheSameBytesForASeedAndAnyThreads) {
  const SparseMatrix a = random_sparse(900, 300, 0.1, 13);
  const SingularVectors one = svd_of(a, {.dim = 30}, 1);
  const SingularVectors three = svd_of(a, {.dim = 30}, 3);
  const SingularVectors other = svd_of(a, {.dim = 30, .seed = 2});
  bool differs = false;
  for (std::size_t r = 0; r < a.rows(); ++r) {
    ASSERT_EQ(std::memcmp(one.left.row(r), three.left.row(r), 4 * 30), 0);
    differs = differs || std::memcmp(one.left.row(r), other.left.row(r), 4 * 30) != 0;
  }
  EXPECT_TRUE(differs);
  EXPECT_EQ(one.values, three.values);
}

TEST(TruncatedSvd, StopsWhenToldWithAResult) {
  const SparseMatrix a = random_sparse(200, 100, 0.2, 17);
  ThreadPool pool(1);
  std::vector<double> done;
  const SingularVectors svd =
      truncated_svd(a, a.transposed(), {.dim = 10, .iterations = 50}, pool, [&](double part) {
        done.push_back(part);
        return done.size() < 4;
      });
  EXPECT_LT(done.size(), 10);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_GT(svd.values[9], 0);
}

TEST(TruncatedSvd, RefusesDimsOutOfRange) {
  const SparseMatrix a = random_sparse(20, 10, 0.5, 1);
  EXPECT_THROW(svd_of(a, {.dim = 0}), Error);
  EXPECT_THROW(svd_of(a, {.dim = kMaxSvdDim + 1}), Error);
}

}  // namespace
}  // namespace sememe::train
