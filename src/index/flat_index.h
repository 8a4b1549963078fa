// Exact nearest rows: every vector is compared. The oracle of every faster index, and the right one
// for small sets.
#ifndef SEMEME_INDEX_FLAT_INDEX_H_
#define SEMEME_INDEX_FLAT_INDEX_H_

#include <cstddef>
#include <span>
#include <vector>

#include "sememe/types.h"

namespace sememe::index {

struct Neighbor {
  std::size_t row = 0;
  float similarity = 0;  ///< inner product with the query; the cosine for unit vectors
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// Which rows a search may return, one flag a row.
using RowFilter = std::vector<bool>;

/// Borrows the vectors. Immutable; search may be called from several threads.
class FlatIndex {
 public:
  explicit FlatIndex(MatrixView vectors) : vectors_(vectors) {}

  /// The k rows with the largest inner product, best first, equal ones by row. Fewer when there are
  /// fewer. A row with a NaN product is never returned. Cost: one read of all vectors, rows x dim
  /// multiply-adds; O(k) memory.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k) const;
  /// The same among the rows whose flag is set; allowed: [rows].
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                               const RowFilter& allowed) const;

 private:
  template <class Allowed>
  std::vector<Neighbor> scan(std::span<const float> query, std::size_t k,
                             const Allowed& allowed) const;

  MatrixView vectors_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_INDEX_H_
