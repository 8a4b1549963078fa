#include "train/pca.h"

#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <eigen3/Eigen/Eigenvalues>
#include <vector>

#include "base/error_context.h"

namespace sememe::train {
namespace {

// Rows of the covariance that one thread sums up: [16, H] doubles stay in the L1 or L2 cache.
constexpr std::size_t kCovarianceRows = 16;
constexpr std::size_t kGrain = 256;

// x [V, H] minus the mean of its columns, in double.
std::vector<double> centred(const Matrix& rows) {
  std::vector<double> mean(rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.cols; ++c) mean[c] += rows.row(r)[c];
  }
  for (double& value : mean) value /= static_cast<double>(rows.rows);
  std::vector<double> out(rows.values.begin(), rows.values.end());
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.cols; ++c) out[r * rows.cols + c] -= mean[c];
  }
  return out;
}

Eigen::MatrixXd covariance(const std::vector<double>& x, std::size_t n, ThreadPool& pool) {
  const std::size_t count = x.size() / n;
  std::vector<double> sums(n * n);
  pool.parallel_for((n + kCovarianceRows - 1) / kCovarianceRows,
                    [&](std::size_t part, std::size_t) {
                      const std::size_t first = part * kCovarianceRows;
                      const std::size_t last = std::min(n, first + kCovarianceRows);
                      for (std::size_t r = 0; r < count; ++r) {
                        const double* row = x.data() + r * n;
                        for (std::size_t i = first; i < last; ++i) {
                          double* out = sums.data() + i * n;
                          for (std::size_t j = first; j < n; ++j) out[j] += row[i] * row[j];
                        }
                      }
                    });
  Eigen::MatrixXd matrix(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double sum =
          i <= j || i / kCovarianceRows == j / kCovarianceRows ? sums[i * n + j] : sums[j * n + i];
      matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          sum / static_cast<double>(std::max<std::size_t>(count, 2) - 1);
    }
  }
  return matrix;
}

// out[V, dims] = x[V, n] axes[n, dims].
Matrix project(const std::vector<double>& x, const Eigen::MatrixXd& axes, ThreadPool& pool) {
  const auto n = static_cast<std::size_t>(axes.rows());
  const auto dims = static_cast<std::size_t>(axes.cols());
  Matrix out(x.size() / n, dims);
  // Row-major, so that the innermost loop runs along a row of both.
  std::vector<double> weights(n * dims);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < dims; ++d) {
      weights[i * dims + d] = axes(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(d));
    }
  }
  pool.parallel_for((out.rows + kGrain - 1) / kGrain, [&](std::size_t grain, std::size_t) {
    std::vector<double> sums(dims);
    const std::size_t end = std::min(out.rows, (grain + 1) * kGrain);
    for (std::size_t r = grain * kGrain; r < end; ++r) {
      std::ranges::fill(sums, 0.0);
      for (std::size_t i = 0; i < n; ++i) {
        const double value = x[r * n + i];
        const double* row = weights.data() + i * dims;
        for (std::size_t d = 0; d < dims; ++d) sums[d] += value * row[d];
      }
      std::ranges::transform(sums, out.row(r).begin(),
                             [](double sum) { return static_cast<float>(sum); });
    }
  });
  return out;
}

void fix_signs(Matrix& rows) {
  for (std::size_t c = 0; c < rows.cols; ++c) {
    float largest = 0;
    for (std::size_t r = 0; r < rows.rows; ++r) {
      if (std::abs(rows.row(r)[c]) > std::abs(largest)) largest = rows.row(r)[c];
    }
    if (largest >= 0) continue;
    for (std::size_t r = 0; r < rows.rows; ++r) rows.row(r)[c] = -rows.row(r)[c];
  }
}

}  // namespace

Projection principal_components(const Matrix& rows, std::size_t dims, ThreadPool& pool) {
  SEMEME_CHECK(dims >= 1 && dims <= rows.cols);
  const std::vector<double> x = centred(rows);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(x, rows.cols, pool));
  if (solver.info() != Eigen::Success) {
    throw Error(ErrorCode::kCorrupt, "principal components: the teacher's vectors are not finite");
  }
  // Eigenvalues come smallest first.
  const auto kept = static_cast<Eigen::Index>(dims);
  const Eigen::MatrixXd axes = solver.eigenvectors().rightCols(kept).rowwise().reverse();
  const double all = solver.eigenvalues().cwiseMax(0.0).sum();
  Projection out;
  out.rows = project(x, axes, pool);
  if (all > 0) out.explained_variance = solver.eigenvalues().tail(kept).cwiseMax(0.0).sum() / all;
  fix_signs(out.rows);
  return out;
}

}  // namespace sememe::train
