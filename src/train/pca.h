// Principal components: fewer columns that keep most of the rows' variance.
#ifndef SEMEME_TRAIN_PCA_H_
#define SEMEME_TRAIN_PCA_H_

#include <cstddef>
#include <vector>

#include "base/thread_pool.h"
#include "sememe/types.h"

namespace sememe::train {

struct Projection {
  Matrix rows;                    ///< [V, dims]
  double explained_variance = 1;  ///< share of the variance that is left, 0 to 1
  std::vector<double> mean;       ///< [H], what was taken off
  std::vector<double> axes;       ///< [H, dims], a column each
};

/// Takes the mean off the rows [V, H] and turns them to their principal axes, largest variance
/// first, of which `dims` <= H are kept; without whitening. The sign of an axis is such that the
/// entry of largest size in a column of the result is positive. In double precision; the result is
/// the same for any number of threads. Cost: V H^2 + H^3.
Projection principal_components(const Matrix& rows, std::size_t dims, ThreadPool& pool);

/// Other rows [N, H] on the same axes [N, dims]; the rows that the axes are of come out as `rows`.
Matrix project(const Matrix& rows, const Projection& onto, ThreadPool& pool);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_PCA_H_
