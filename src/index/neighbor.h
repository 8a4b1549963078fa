// What a search gives, and which rows it may give.
#ifndef SEMEME_INDEX_NEIGHBOR_H_
#define SEMEME_INDEX_NEIGHBOR_H_

#include <cstddef>
#include <vector>

namespace sememe::index {

struct Neighbor {
  std::size_t row = 0;
  /// Larger for nearer rows: the inner product with the query, which for unit vectors is the
  /// cosine; under L2 minus the squared distance.
  float similarity = 0;
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// The order of results: equal ones by row.
inline bool ranks_before(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

/// Which rows a search may return, one flag a row.
using RowFilter = std::vector<bool>;

}  // namespace sememe::index

#endif  // SEMEME_INDEX_NEIGHBOR_H_
