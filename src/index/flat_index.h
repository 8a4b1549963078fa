// Exact nearest rows: every vector is compared. The oracle of every faster index, and the right one
// for small sets.
#ifndef SEMEME_INDEX_FLAT_INDEX_H_
#define SEMEME_INDEX_FLAT_INDEX_H_

#include <cstddef>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/row_set.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

/// Borrows the vectors. Immutable; search may be called from several threads.
class FlatIndex {
 public:
  /// For the cosine, rows and queries must be unit vectors; it is then the inner product.
  explicit FlatIndex(MatrixView vectors, vectors::Metric metric = vectors::Metric::kInnerProduct)
      : vectors_(vectors), metric_(metric) {}

  /// The k most similar rows, best first, equal ones by row. Fewer when there are fewer. A row
  /// whose similarity is NaN or minus infinity is never returned. Cost: one read of all vectors,
  /// rows x dim multiply-adds; O(k) memory.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k) const;
  /// The same among the rows of a set, of as many rows as there are vectors.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                               const RowSet& allowed) const;

  /// All rows of at least this similarity, a number; best first, equal ones by row.
  std::vector<Neighbor> search_range(std::span<const float> query, float min_similarity) const;

  /// The same results as search, bit for bit, for each row of queries: of finite numbers. From five
  /// queries on by matrix products, 64 queries to a read of the vectors. pool: null for this
  /// thread; allowed: null for all.
  std::vector<std::vector<Neighbor>> search_batch(MatrixView queries, std::size_t k,
                                                  ThreadPool* pool = nullptr,
                                                  const RowSet* allowed = nullptr) const;

 private:
  MatrixView vectors_;
  vectors::Metric metric_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_INDEX_H_
