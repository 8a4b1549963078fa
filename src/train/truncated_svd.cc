#include "train/truncated_svd.h"

#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <eigen3/Eigen/Eigenvalues>

#include "base/error_context.h"
#include "kernels/gather.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

// Columns beyond those asked for: the gap behind them sets the pace of convergence. In all a
// multiple of 32, which the kernels like.
constexpr std::size_t kOversampling = 16;
// Rows whose products are summed in f32, which is good for 1e-6; over blocks they run in double.
constexpr std::size_t kBlockRows = 256;
// Partial sums of a Gram matrix: fixed, so that its bits do not depend on the threads.
constexpr std::size_t kGramParts = 16;
// Squared lengths below this share of the largest are noise of f32.
constexpr double kNoise = 1e-11;

// Dense products are of the same kernel as sparse ones: that of encoders (kernels/gemm.h) has other
// bits on other tiers.
std::vector<TokenId> ids_up_to(std::size_t count) {
  std::vector<TokenId> ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = TokenId{static_cast<std::uint32_t>(i)};
  return ids;
}

kernels::RowTable rows_of(const VectorTable& table, std::size_t first, std::size_t count) {
  return {.data = reinterpret_cast<const std::byte*>(table.row(first)),
          .type = kernels::RowType::kF32,
          .rows = count,
          .cols = table.stride()};
}

std::size_t blocks_of(const VectorTable& y) { return (y.rows() + kBlockRows - 1) / kBlockRows; }

// Sums of products of columns over blocks of rows, [K, K].
class GramSum {
 public:
  explicit GramSum(const VectorTable& y)
      : y_(y), sums_(y.dim() * y.dim()), column_(kBlockRows), product_(y.stride()) {}

  void add_block(std::size_t block) {
    const std::size_t first = block * kBlockRows;
    const std::size_t rows = std::min(kBlockRows, y_.rows() - first);
    const kernels::RowTable table = rows_of(y_, first, rows);
    for (std::size_t i = 0; i < y_.dim(); ++i) {
      for (std::size_t r = 0; r < rows; ++r) column_[r] = y_.row(first + r)[i];
      kernels::gather_sum(table, std::span(ids_).first(rows), std::span(column_).first(rows),
                          product_);
      double* sums = sums_.data() + i * y_.dim();
      for (std::size_t j = 0; j < y_.dim(); ++j) sums[j] += double{product_[j]};
    }
  }
  double at(std::size_t i, std::size_t j) const { return sums_[i * y_.dim() + j]; }

 private:
  const VectorTable& y_;
  std::vector<TokenId> ids_ = ids_up_to(kBlockRows);
  std::vector<double> sums_;
  std::vector<float> column_;
  std::vector<float> product_;
};

// y^T y, [K, K].
Eigen::MatrixXd gram(const VectorTable& y, ThreadPool& pool) {
  const std::size_t blocks = blocks_of(y);
  std::vector<GramSum> parts(kGramParts, GramSum(y));
  pool.parallel_for(kGramParts, [&](std::size_t part, std::size_t) {
    const std::size_t end = (part + 1) * blocks / kGramParts;
    for (std::size_t b = part * blocks / kGramParts; b < end; ++b) parts[part].add_block(b);
  });
  const auto k = static_cast<Eigen::Index>(y.dim());
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(k, k);
  for (const GramSum& part : parts) {
    for (Eigen::Index i = 0; i < k; ++i) {
      for (Eigen::Index j = 0; j < k; ++j) {
        out(i, j) += part.at(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
      }
    }
  }
  return out;
}

// y t, for t [K, N]: [rows, N].
VectorTable times(const VectorTable& y, const Eigen::MatrixXd& t, ThreadPool& pool) {
  VectorTable factors(y.dim(), static_cast<std::size_t>(t.cols()));
  for (std::size_t i = 0; i < factors.rows(); ++i) {
    for (std::size_t j = 0; j < factors.dim(); ++j) {
      factors.row(i)[j] =
          static_cast<float>(t(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
    }
  }
  const kernels::RowTable table = rows_of(factors, 0, factors.rows());
  const std::vector<TokenId> ids = ids_up_to(factors.rows());
  VectorTable out(y.rows(), factors.dim());
  pool.parallel_for(blocks_of(y), [&](std::size_t block, std::size_t) {
    const std::size_t end = std::min(y.rows(), (block + 1) * kBlockRows);
    for (std::size_t r = block * kBlockRows; r < end; ++r) {
      kernels::gather_sum(table, ids, y.values(r), {out.row(r), out.stride()});
    }
  });
  return out;
}

struct Eigenpairs {
  Eigen::VectorXd values;  // descending, none below zero
  Eigen::MatrixXd vectors;
};

Eigenpairs eigenpairs(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  if (solver.info() != Eigen::Success) {
    throw Error(ErrorCode::kCorrupt, "singular vectors: expected a matrix of finite numbers");
  }
  return {.values = solver.eigenvalues().reverse().cwiseMax(0.0),
          .vectors = solver.eigenvectors().rowwise().reverse()};
}

// 1 / root of each value, 0 for those that are no more than noise beside the largest.
Eigen::VectorXd inverse_roots(const Eigen::VectorXd& values) {
  const double least = kNoise * values.maxCoeff();
  return values.unaryExpr([least](double v) { return v > least ? 1 / std::sqrt(v) : 0.0; });
}

// The axes on which columns of y are orthogonal but for rounding, longest first. Once they are,
// what short ones say is no longer lost in the rounding of long ones.
Eigen::MatrixXd axes_of(const VectorTable& y, ThreadPool& pool) {
  return eigenpairs(gram(y, pool)).vectors;
}

// Orthonormal columns of the same span; zero columns where it has fewer dimensions. By the
// eigenvectors of the Gram matrix of columns scaled to length 1 (SVQB: Stathopoulos and Wu 2002),
// which is all products of blocks, and twice, for what the first time left.
VectorTable orthonormal(const VectorTable& x, ThreadPool& pool) {
  VectorTable y = times(x, axes_of(x, pool), pool);
  for (int round = 0; round < 2; ++round) {
    const Eigen::MatrixXd products = gram(y, pool);
    const Eigen::VectorXd scale = inverse_roots(products.diagonal());
    const Eigenpairs pairs = eigenpairs(scale.asDiagonal() * products * scale.asDiagonal());
    y = times(y, scale.asDiagonal() * pairs.vectors * inverse_roots(pairs.values).asDiagonal(),
              pool);
  }
  return y;
}

// Entries of [-1, 1): as good as Gaussian ones, and the same bits with any library.
VectorTable random_table(std::size_t rows, std::size_t dim, std::uint64_t seed) {
  VectorTable table(rows, dim);
  for (std::size_t r = 0; r < rows; ++r) {
    Random random(seed, r);
    for (std::size_t c = 0; c < dim; ++c) table.row(r)[c] = 2 * random.uniform() - 1;
  }
  return table;
}

void fix_signs(SingularVectors& svd) {
  for (std::size_t c = 0; c < svd.values.size(); ++c) {
    float largest = 0;
    for (std::size_t r = 0; r < svd.left.rows(); ++r) {
      if (std::abs(svd.left.row(r)[c]) > std::abs(largest)) largest = svd.left.row(r)[c];
    }
    if (largest >= 0) continue;
    for (VectorTable* table : {&svd.left, &svd.right}) {
      for (std::size_t r = 0; r < table->rows(); ++r) table->row(r)[c] = -table->row(r)[c];
    }
  }
}

}  // namespace

SingularVectors truncated_svd(const SparseMatrix& a, const SparseMatrix& transposed,
                              const SvdOptions& options, ThreadPool& pool,
                              const SvdProgress& progress) {
  if (options.dim < 1 || options.dim > kMaxSvdDim) {
    throw Error(ErrorCode::kInvalidArgument, concat("singular vectors: expected a dim of 1 to ",
                                                    kMaxSvdDim, ", found ", options.dim));
  }
  const std::size_t k = (options.dim + kOversampling + 31) / 32 * 32;
  const auto products = static_cast<double>(2 * options.iterations + 2);
  double done = 0;  // products
  bool go_on = true;
  const auto product = [&](const SparseMatrix& matrix, const VectorTable& x) {
    VectorTable out = multiply(matrix, x, pool, [&](std::size_t entries) {
      const double part = static_cast<double>(entries) /
                          static_cast<double>(std::max<std::size_t>(matrix.entries(), 1));
      if (progress && !progress((done + part) / products)) go_on = false;
    });
    ++done;
    return out;
  };
  VectorTable left = orthonormal(product(a, random_table(a.cols(), k, options.seed)), pool);
  for (std::size_t i = 0; i < options.iterations && go_on; ++i) {
    left = orthonormal(product(a, orthonormal(product(transposed, left), pool)), pool);
  }
  VectorTable right = product(transposed, left);  // left right^T is a, within the span
  const Eigen::MatrixXd turn = axes_of(right, pool);
  right = times(right, turn, pool);
  left = times(left, turn, pool);
  const Eigenpairs pairs = eigenpairs(gram(right, pool));
  const auto dim = static_cast<Eigen::Index>(options.dim);
  const Eigen::MatrixXd axes = pairs.vectors.leftCols(dim);
  const Eigen::VectorXd inverse = inverse_roots(pairs.values).head(dim);
  SingularVectors out;
  for (Eigen::Index i = 0; i < dim; ++i) {
    out.values.push_back(inverse[i] > 0 ? std::sqrt(pairs.values[i]) : 0.0);
  }
  const Eigen::VectorXd kept = inverse.unaryExpr([](double v) { return v > 0 ? 1.0 : 0.0; });
  out.left = times(left, axes * kept.asDiagonal(), pool);
  out.right = times(right, axes * inverse.asDiagonal(), pool);
  fix_signs(out);
  return out;
}

VectorTable scaled_by_values(const VectorTable& vectors, const std::vector<double>& values,
                             double power) {
  SEMEME_CHECK(vectors.dim() == values.size());
  std::vector<float> scales(values.size());
  std::ranges::transform(values, scales.begin(), [power](double value) {
    return value > 0 ? static_cast<float>(std::pow(value, power)) : 0.0F;
  });
  VectorTable out(vectors.rows(), vectors.dim());
  for (std::size_t r = 0; r < out.rows(); ++r) {
    for (std::size_t c = 0; c < out.dim(); ++c) out.row(r)[c] = vectors.row(r)[c] * scales[c];
  }
  return out;
}

}  // namespace sememe::train
