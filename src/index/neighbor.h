// What a search gives.
#ifndef SEMEME_INDEX_NEIGHBOR_H_
#define SEMEME_INDEX_NEIGHBOR_H_

#include <cstddef>

namespace sememe::index {

struct Neighbor {
  std::size_t row = 0;
  /// Larger for nearer rows: the inner product with the query, which for unit vectors is the
  /// cosine; under L2 minus the squared distance.
  float similarity = 0;
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// The order of results: equal ones by row. An object, which sorts inline; they call a function for
/// each comparison.
inline constexpr auto ranks_before = [](const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_NEIGHBOR_H_
