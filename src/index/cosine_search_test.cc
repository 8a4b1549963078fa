#include "index/cosine_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vectors/similarity.h"

namespace sememe::index {
namespace {

Matrix random_rows(std::size_t rows, std::size_t cols) {
  Matrix matrix(rows, cols);
  std::uint32_t state = 9;
  for (float& value : matrix.values) {
    state = state * 1664525 + 1013904223;
    value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return matrix;
}

TEST(NearestByCosine, AreThoseOfAFullSort) {
  for (const std::size_t cols : {1UL, 3UL, 16UL, 37UL, 100UL}) {
    const Matrix rows = random_rows(500, cols);
    const Matrix queries = random_rows(4, cols);
    for (std::size_t q = 0; q < queries.rows; ++q) {
      std::vector<std::size_t> order(rows.rows);
      for (std::size_t r = 0; r < order.size(); ++r) order[r] = r;
      const auto cosine_of = [&](std::size_t r) {
        return vectors::cosine(rows.row(r), queries.row(q));
      };
      std::ranges::stable_sort(
          order, [&](std::size_t a, std::size_t b) { return cosine_of(a) > cosine_of(b); });
      const std::vector<std::size_t> excluded = {order[0], order[2]};
      const auto found = nearest_by_cosine(rows.view(), queries.row(q), 10, excluded);
      ASSERT_EQ(found.size(), 10U);
      for (std::size_t i = 0; i < 10; ++i) {
        const std::size_t expected = i == 0 ? order[1] : order[i + 2];
        EXPECT_NEAR(found[i].similarity, cosine_of(expected), 1e-5);
        if (cols > 1) {
          EXPECT_EQ(found[i].row, expected);
        }
      }
    }
  }
}

TEST(NearestByCosine, EqualOnesKeepTheirOrderAcrossBlocks) {
  // Three thousand rows of two directions, in lengths of their own.
  Matrix rows(3000, 2);
  std::vector<std::size_t> expected;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    rows.row(r)[r % 100 == 7 ? 0 : 1] = static_cast<float>(1 << (r % 5));
    if (r % 100 == 7 && r != 1507) expected.push_back(r);
  }
  const std::vector<float> query = {1.0F, 0.0F};
  const std::vector<std::size_t> excluded = {1507};
  for (const std::size_t k : {5UL, 29UL}) {
    const auto found = nearest_by_cosine(rows.view(), query, k, excluded);
    ASSERT_EQ(found.size(), k);
    for (std::size_t i = 0; i < k; ++i) EXPECT_EQ(found[i].row, expected[i]);
  }
  EXPECT_EQ(nearest_by_cosine(rows.view(), query, 4000, excluded).size(), 2999U);
}

TEST(NearestByCosine, OfFewRowsAndOfZeros) {
  Matrix rows(3, 2);
  rows.row(1)[0] = 2.0F;
  const std::vector<float> query = {1.0F, 0.0F};
  const auto found = nearest_by_cosine(rows.view(), query, 10);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].row, 1U);
  EXPECT_EQ(found[0].similarity, 1.0F);
  EXPECT_EQ(found[1].row, 0U);
  EXPECT_EQ(found[1].similarity, 0.0F);
  EXPECT_TRUE(nearest_by_cosine(rows.view(), query, 0).empty());
}

}  // namespace
}  // namespace sememe::index
