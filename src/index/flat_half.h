// Exact nearest rows of vectors in half precision: half of the memory, and of the time, of
// FlatIndex.
#ifndef SEMEME_INDEX_FLAT_HALF_H_
#define SEMEME_INDEX_FLAT_HALF_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/row_set.h"
#include "kernels/aligned.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

/// Owns its rows. Similarities, and so the order, are exact for what the halves say: each number
/// is rounded to 11 bits, which moves cosines of unit vectors by about 2e-5 (384 dimensions).
/// Immutable; search may be called from several threads. The same results on every tier.
class FlatHalfIndex {
 public:
  /// Throws Error(kInvalidArgument) that names the row when a number is not finite, or above
  /// 65,504. For the cosine, rows and queries must be unit vectors.
  explicit FlatHalfIndex(MatrixView rows, vectors::Metric metric = vectors::Metric::kInnerProduct);

  std::size_t size() const { return squares_.size(); }
  std::size_t dims() const { return dims_; }

  /// As FlatIndex has them; allowed: null for all.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                               const RowSet* allowed = nullptr) const;
  std::vector<std::vector<Neighbor>> search_batch(MatrixView queries, std::size_t k,
                                                  ThreadPool* pool = nullptr,
                                                  const RowSet* allowed = nullptr) const;

 private:
  class Rows;

  vectors::Metric metric_;
  std::size_t dims_;
  std::size_t stride_;             // halves a row, zeros behind dims_
  kernels::AlignedFloats halves_;  // two to a float
  std::vector<float> squares_;     // squared lengths
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_HALF_H_
