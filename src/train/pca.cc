#include "train/pca.h"

#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <eigen3/Eigen/Eigenvalues>
#include <span>
#include <vector>

#include "base/error_context.h"

namespace sememe::train {
namespace {

// Rows of the covariance that one thread sums up: [16, H] doubles stay in the L1 or L2 cache.
constexpr std::size_t kCovarianceRows = 16;
constexpr std::size_t kGrain = 256;

std::vector<double> column_means(const Matrix& rows) {
  std::vector<double> mean(rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.cols; ++c) mean[c] += rows.row(r)[c];
  }
  for (double& value : mean) value /= static_cast<double>(rows.rows);
  return mean;
}

// x [V, H] minus the mean, in double.
std::vector<double> centred(const Matrix& rows, std::span<const double> mean) {
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

// [n, dims], row-major, so that the innermost loop of a projection runs along a row.
std::vector<double> row_major(const Eigen::MatrixXd& axes) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(axes.size()));
  for (Eigen::Index i = 0; i < axes.rows(); ++i) {
    for (Eigen::Index d = 0; d < axes.cols(); ++d) out.push_back(axes(i, d));
  }
  return out;
}

// out[V, dims] = x[V, n] axes[n, dims].
Matrix product(const std::vector<double>& x, const std::vector<double>& axes, std::size_t n,
               ThreadPool& pool) {
  const std::size_t dims = axes.size() / n;
  Matrix out(x.size() / n, dims);
  pool.parallel_for((out.rows + kGrain - 1) / kGrain, [&](std::size_t grain, std::size_t) {
    std::vector<double> sums(dims);
    const std::size_t end = std::min(out.rows, (grain + 1) * kGrain);
    for (std::size_t r = grain * kGrain; r < end; ++r) {
      std::ranges::fill(sums, 0.0);
      for (std::size_t i = 0; i < n; ++i) {
        const double value = x[r * n + i];
        const double* row = axes.data() + i * dims;
        for (std::size_t d = 0; d < dims; ++d) sums[d] += value * row[d];
      }
      std::ranges::transform(sums, out.row(r).begin(),
                             [](double sum) { return static_cast<float>(sum); });
    }
  });
  return out;
}

void fix_signs(Projection& projection) {
  Matrix& rows = projection.rows;
  for (std::size_t c = 0; c < rows.cols; ++c) {
    float largest = 0;
    for (std::size_t r = 0; r < rows.rows; ++r) {
      if (std::abs(rows.row(r)[c]) > std::abs(largest)) largest = rows.row(r)[c];
    }
    if (largest >= 0) continue;
    for (std::size_t r = 0; r < rows.rows; ++r) rows.row(r)[c] = -rows.row(r)[c];
    for (std::size_t i = c; i < projection.axes.size(); i += rows.cols) {
      projection.axes[i] = -projection.axes[i];
    }
  }
}

}  // namespace

Projection principal_components(const Matrix& rows, std::size_t dims, ThreadPool& pool) {
  SEMEME_CHECK(dims >= 1 && dims <= rows.cols);
  Projection out;
  out.mean = column_means(rows);
  const std::vector<double> x = centred(rows, out.mean);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(x, rows.cols, pool));
  if (solver.info() != Eigen::Success) {
    throw Error(ErrorCode::kCorrupt, "principal components: the vectors are not finite");
  }
  // Eigenvalues come smallest first.
  const auto kept = static_cast<Eigen::Index>(dims);
  out.axes = row_major(solver.eigenvectors().rightCols(kept).rowwise().reverse());
  const double all = solver.eigenvalues().cwiseMax(0.0).sum();
  if (all > 0) out.explained_variance = solver.eigenvalues().tail(kept).cwiseMax(0.0).sum() / all;
  out.rows = product(x, out.axes, rows.cols, pool);
  fix_signs(out);
  return out;
}

Matrix project(const Matrix& rows, const Projection& onto, ThreadPool& pool) {
  SEMEME_CHECK(rows.cols == onto.mean.size());
  return product(centred(rows, onto.mean), onto.axes, rows.cols, pool);
}

}  // namespace sememe::train
