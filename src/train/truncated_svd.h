// The largest singular values and vectors of a sparse matrix.
#ifndef SEMEME_TRAIN_TRUNCATED_SVD_H_
#define SEMEME_TRAIN_TRUNCATED_SVD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "train/sparse_matrix.h"
#include "train/vector_table.h"

namespace sememe::train {

struct SvdOptions {
  std::size_t dim = 100;       ///< singular values, 1 to kMaxSvdDim
  std::size_t iterations = 3;  ///< power iterations: each goes over the matrix twice
  std::uint64_t seed = 1;
};
inline constexpr std::size_t kMaxSvdDim = 2000;

/// A = left diag(values) right^T, nearly.
struct SingularVectors {
  VectorTable left;            ///< [rows, dim], orthonormal columns
  std::vector<double> values;  ///< [dim], descending
  VectorTable right;           ///< [cols, dim]
};

/// How far the work is, 0 to 1; false ends the power iterations, with a less exact result.
using SvdProgress = std::function<bool(double done)>;

/// Randomised subspace iteration (Halko, Martinsson and Tropp 2011, "Finding structure with
/// randomness", algorithms 4.4 and 5.1) on `dim` and some more columns. Columns beyond the rank of
/// the matrix have the value 0 and are zero. The sign of a column is such that the entry of largest
/// size in `left` is positive.
///
/// The same bytes for a seed on any tier and with any number of threads. Throws
/// Error(kInvalidArgument) for a dim out of range. transposed: of a. Memory: (rows + 2 cols) times
/// dim + 16 to 47 floats. Cost: 2 iterations + 2 products of the matrix, each a read of so many
/// floats an entry.
SingularVectors truncated_svd(const SparseMatrix& a, const SparseMatrix& transposed,
                              const SvdOptions& options, ThreadPool& pool,
                              const SvdProgress& progress = {});

/// Each column of `vectors` [N, dim] times its value to the power: with left vectors, 1 keeps the
/// products of the matrix's rows, 0.5 and 0 make better word vectors (Levy, Goldberg and Dagan
/// 2015). Zero where the value is.
VectorTable scaled_by_values(const VectorTable& vectors, const std::vector<double>& values,
                             double power);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TRUNCATED_SVD_H_
