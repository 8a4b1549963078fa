// Rows of a matrix that are equal, bit for bit.
//
// A graph has one node for all of them: many equal nodes crowd each other's edges with one another,
// and a walk then neither finds all of them nor gets past them.
#ifndef SEMEME_INDEX_EQUAL_ROWS_H_
#define SEMEME_INDEX_EQUAL_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sememe/types.h"

namespace sememe::index {

class EqualRows {
 public:
  EqualRows() = default;
  /// Fewer than 2^31 rows. Cost: a hash of each row, and a sort of the hashes.
  explicit EqualRows(MatrixView rows);

  /// Of all rows.
  std::size_t size() const { return size_; }
  /// Of each set of equal rows the first; ascending until put_in_order.
  std::span<const std::uint32_t> distinct() const { return distinct_; }
  /// For distinct()[i]: where copies() has the other rows of its set, or 0.
  std::span<const std::uint32_t> places() const { return places_; }
  /// How many, then the rows, ascending, from each place on; place 0 says none.
  std::span<const std::uint32_t> copies() const { return copies_; }
  /// order: distinct() in another order; once at most.
  void put_in_order(std::vector<std::uint32_t> order);

 private:
  std::size_t size_ = 0;
  std::vector<std::uint32_t> distinct_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> copies_ = {0};
};

/// The rows listed in such a table at a place.
inline std::span<const std::uint32_t> copies_at(std::span<const std::uint32_t> copies,
                                                std::uint32_t place) {
  return copies.subspan(place + 1, copies[place]);
}

}  // namespace sememe::index

#endif  // SEMEME_INDEX_EQUAL_ROWS_H_
