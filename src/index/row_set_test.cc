#include "index/row_set.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace sememe::index {
namespace {

std::vector<std::size_t> rows_of(const RowSet& set) {
  std::vector<std::size_t> rows;
  set.for_each([&](std::size_t row) { rows.push_back(row); });
  return rows;
}

TEST(RowSet, HoldsWhatASetHolds) {
  for (const std::size_t size : {1UL, 63UL, 64UL, 65UL, 500UL}) {
    RowSet set(size);
    std::set<std::size_t> expected;
    Random random(size);
    for (int i = 0; i < 400; ++i) {
      const std::size_t row = random.below(static_cast<std::uint32_t>(size));
      if (i % 3 == 2) {
        set.erase(row);
        expected.erase(row);
      } else {
        set.insert(row);
        expected.insert(row);
      }
      ASSERT_EQ(set.count(), expected.size());
      ASSERT_EQ(set.contains(row), expected.contains(row));
    }
    EXPECT_EQ(rows_of(set), std::vector<std::size_t>(expected.begin(), expected.end()));
    std::vector<std::uint32_t> listed = {7};
    set.list(listed);
    EXPECT_EQ(listed, std::vector<std::uint32_t>(expected.begin(), expected.end()));
    for (std::size_t first = 0; first < size; ++first) {
      for (const std::size_t count : {0UL, 1UL, 2UL, 64UL, size - first}) {
        if (first + count > size) continue;
        const auto at = expected.lower_bound(first);
        ASSERT_EQ(set.any(first, count), at != expected.end() && *at < first + count)
            << first << ' ' << count;
      }
    }
  }
}

TEST(RowSet, OfAllRowsHasNoMore) {
  for (const std::size_t size : {0UL, 1UL, 64UL, 100UL}) {
    RowSet all = RowSet::all(size);
    EXPECT_EQ(all.count(), size);
    EXPECT_EQ(rows_of(all).size(), size);
    RowSet filled(size);
    for (std::size_t row = 0; row < size; ++row) filled.insert(row);
    EXPECT_EQ(all, filled);
    for (std::size_t row = 0; row < size; ++row) all.erase(row);
    EXPECT_EQ(all, RowSet(size));
  }
}

}  // namespace
}  // namespace sememe::index
