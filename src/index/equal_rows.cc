#include "index/equal_rows.h"

#include <algorithm>
#include <cstring>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::index {
namespace {

struct HashedRow {
  std::uint64_t hash;
  std::uint32_t row;
  friend auto operator<=>(const HashedRow&, const HashedRow&) = default;
};

bool equal(MatrixView rows, std::uint32_t a, std::uint32_t b) {
  return std::memcmp(rows.row(a).data(), rows.row(b).data(), rows.cols * sizeof(float)) == 0;
}

// For each row the first that is equal to it.
std::vector<std::uint32_t> first_equal(MatrixView rows) {
  std::vector<HashedRow> hashed(rows.rows);
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    hashed[r] = {xxh3_64(std::as_bytes(rows.row(r))), r};
  }
  std::ranges::sort(hashed);
  std::vector<std::uint32_t> first(rows.rows);
  for (std::size_t i = 0; i < hashed.size(); ++i) {
    const std::uint32_t row = hashed[i].row;
    first[row] = row;
    // Rows of one hash stand together, ascending; nearly always they are equal.
    for (std::size_t j = i; j > 0 && hashed[j - 1].hash == hashed[i].hash; --j) {
      const std::uint32_t other = hashed[j - 1].row;
      if (!equal(rows, row, other)) continue;
      first[row] = first[other];
      break;
    }
  }
  return first;
}

}  // namespace

EqualRows::EqualRows(MatrixView rows) : size_(rows.rows) {
  const std::vector<std::uint32_t> first = first_equal(rows);
  std::vector<std::uint32_t> counts(rows.rows, 0);
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    if (first[r] == r) {
      distinct_.push_back(r);
    } else {
      ++counts[first[r]];
    }
  }
  places_.reserve(distinct_.size());
  std::vector<std::uint32_t> next(rows.rows, 0);
  for (const std::uint32_t r : distinct_) {
    places_.push_back(counts[r] == 0 ? 0 : static_cast<std::uint32_t>(copies_.size()));
    if (counts[r] == 0) continue;
    copies_.push_back(counts[r]);
    next[r] = static_cast<std::uint32_t>(copies_.size());
    copies_.resize(copies_.size() + counts[r]);
  }
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    if (first[r] != r) copies_[next[first[r]]++] = r;
  }
}

void EqualRows::put_in_order(std::vector<std::uint32_t> order) {
  SEMEME_CHECK(order.size() == distinct_.size());
  std::vector<std::uint32_t> places;
  places.reserve(order.size());
  for (const std::uint32_t row : order) {
    const auto at = std::ranges::lower_bound(distinct_, row);
    SEMEME_CHECK(at != distinct_.end() && *at == row);
    places.push_back(places_[static_cast<std::size_t>(at - distinct_.begin())]);
  }
  distinct_ = std::move(order);
  places_ = std::move(places);
}

}  // namespace sememe::index
