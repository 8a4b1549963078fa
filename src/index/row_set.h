// A set of rows, one bit each: which ones a search may return.
#ifndef SEMEME_INDEX_ROW_SET_H_
#define SEMEME_INDEX_ROW_SET_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error_context.h"
#include "kernels/set_bits.h"

namespace sememe::index {

/// Of rows 0 .. size(). Memory: a bit a row.
class RowSet {
 public:
  RowSet() = default;
  /// None of `size` rows.
  explicit RowSet(std::size_t size) : size_(size), words_((size + 63) / 64, 0) {}
  static RowSet all(std::size_t size);

  /// Rows that could be in it.
  std::size_t size() const { return size_; }
  /// Rows that are. Cost: none.
  std::size_t count() const { return count_; }

  /// row: below size(), here and below.
  bool contains(std::size_t row) const { return (words_[row / 64] >> (row % 64) & 1U) != 0; }
  void insert(std::size_t row);
  void erase(std::size_t row);
  /// Whether any of rows first .. first + count is in it.
  bool any(std::size_t first, std::size_t count) const;

  /// Calls use(row) for each row in it, ascending.
  template <class Use>
  void for_each(const Use& use) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1) {
        use(64 * w + static_cast<std::size_t>(std::countr_zero(bits)));
      }
    }
  }
  /// The rows, in order.
  void list(std::vector<std::uint32_t>& rows) const;
  /// Row r is bit r % 64 of word r / 64; bits from size() on are zeros.
  std::span<const std::uint64_t> words() const { return words_; }

  friend bool operator==(const RowSet&, const RowSet&) = default;

 private:
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  std::vector<std::uint64_t> words_;
};

inline RowSet RowSet::all(std::size_t size) {
  RowSet out(size);
  std::ranges::fill(out.words_, ~std::uint64_t{0});
  if (size % 64 != 0) out.words_.back() = (std::uint64_t{1} << (size % 64)) - 1;
  out.count_ = size;
  return out;
}

inline void RowSet::list(std::vector<std::uint32_t>& rows) const {
  rows.resize(count_ + kernels::kBitsRoom);
  kernels::list_set_bits(words_, rows);
  rows.resize(count_);
}

inline void RowSet::insert(std::size_t row) {
  SEMEME_CHECK(row < size_);
  count_ += contains(row) ? 0U : 1U;
  words_[row / 64] |= std::uint64_t{1} << (row % 64);
}

inline void RowSet::erase(std::size_t row) {
  SEMEME_CHECK(row < size_);
  count_ -= contains(row) ? 1U : 0U;
  words_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

inline bool RowSet::any(std::size_t first, std::size_t count) const {
  if (count == 0) return false;
  const std::size_t end = first + count;
  const std::uint64_t from_first = ~std::uint64_t{0} << (first % 64);
  const std::uint64_t to_last = ~std::uint64_t{0} >> (63 - (end - 1) % 64);
  const std::size_t last = (end - 1) / 64;
  for (std::size_t w = first / 64; w <= last; ++w) {
    std::uint64_t bits = words_[w];
    if (w == first / 64) bits &= from_first;
    if (w == last) bits &= to_last;
    if (bits != 0) return true;
  }
  return false;
}

}  // namespace sememe::index

#endif  // SEMEME_INDEX_ROW_SET_H_
