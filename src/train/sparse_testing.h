// Sparse matrices for tests, and their dense twins.
#ifndef SEMEME_TRAIN_SPARSE_TESTING_H_
#define SEMEME_TRAIN_SPARSE_TESTING_H_

#define EIGEN_MPL2_ONLY
#include <cstddef>
#include <cstdint>
#include <eigen3/Eigen/Core>

#include "train/sampling.h"
#include "train/sparse_matrix.h"

namespace sememe::train {

/// A share of entries is not zero, and in [-1, 2), so that one singular value stands out.
inline SparseMatrix random_sparse(std::size_t rows, std::size_t cols, double share,
                                  std::uint64_t seed) {
  SparseMatrix out(cols);
  Random random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::uint32_t c = 0; c < cols; ++c) {
      if (double{random.uniform()} < share) out.add(c, 3 * random.uniform() - 1);
    }
    out.end_row();
  }
  return out;
}

inline Eigen::MatrixXd dense(const SparseMatrix& a) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(a.rows()),
                                              static_cast<Eigen::Index>(a.cols()));
  for (std::size_t r = 0; r < a.rows(); ++r) {
    for (std::size_t i = 0; i < a.columns(r).size(); ++i) {
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(a.columns(r)[i])) =
          double{a.values(r)[i]};
    }
  }
  return out;
}

inline Eigen::MatrixXd dense(const VectorTable& x) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(x.dim()));
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t c = 0; c < x.dim(); ++c) {
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = double{x.row(r)[c]};
    }
  }
  return out;
}

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_SPARSE_TESTING_H_
