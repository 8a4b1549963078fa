#include "vectors/neighbors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sememe/error.h"
#include "vectors/similarity.h"

namespace sememe::vectors {
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

TEST(NearestRows, AreThoseOfAFullSort) {
  for (const std::size_t cols : {1UL, 3UL, 16UL, 37UL, 100UL}) {
    const Matrix rows = random_rows(500, cols);
    const Matrix queries = random_rows(4, cols);
    for (std::size_t q = 0; q < queries.rows; ++q) {
      std::vector<std::size_t> order(rows.rows);
      for (std::size_t r = 0; r < order.size(); ++r) order[r] = r;
      const auto cosine_of = [&](std::size_t r) { return cosine(rows.row(r), queries.row(q)); };
      std::ranges::stable_sort(
          order, [&](std::size_t a, std::size_t b) { return cosine_of(a) > cosine_of(b); });
      const std::vector<std::size_t> excluded = {order[0], order[2]};
      const auto found = nearest_rows(rows.view(), queries.row(q), 10, excluded);
      ASSERT_EQ(found.size(), 10U);
      for (std::size_t i = 0; i < 10; ++i) {
        const std::size_t expected = i == 0 ? order[1] : order[i + 2];
        EXPECT_NEAR(found[i].cosine, cosine_of(expected), 1e-5);
        if (cols > 1) {
          EXPECT_EQ(found[i].row, expected);
        }
      }
    }
  }
}

TEST(NearestRows, OfFewRowsAndOfZeros) {
  Matrix rows(3, 2);
  rows.row(1)[0] = 2.0F;
  const std::vector<float> query = {1.0F, 0.0F};
  const auto found = nearest_rows(rows.view(), query, 10);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].row, 1U);
  EXPECT_EQ(found[0].cosine, 1.0F);
  EXPECT_EQ(found[1].row, 0U);
  EXPECT_EQ(found[1].cosine, 0.0F);
  EXPECT_TRUE(nearest_rows(rows.view(), query, 0).empty());
}

std::string written(const std::vector<std::string>& fields) {
  std::string out;
  for (const Term& term : parse_terms(fields)) out += (term.sign > 0 ? "+" : "-") + term.word;
  return out;
}

TEST(ParseTerms, TakesSignsAloneOrInFront) {
  EXPECT_EQ(written({"king", "-", "man", "+", "woman"}), "+king-man+woman");
  EXPECT_EQ(written({"king", "-man", "+woman"}), "+king-man+woman");
  EXPECT_EQ(written({"a", "b"}), "+a+b");
  EXPECT_EQ(written({"-", "-1"}), "--1");  // a word that begins with a sign
  EXPECT_THROW(static_cast<void>(written({"king", "-"})), Error);
  EXPECT_THROW(static_cast<void>(written({"king", "-", "+", "man"})), Error);
  EXPECT_THROW(static_cast<void>(written({})), Error);
}

TEST(SumTerms, AddsUnitVectors) {
  WordVectors vectors(2);
  vectors.add("long", std::vector<float>{10.0F, 0.0F});
  vectors.add("up", std::vector<float>{0.0F, 0.5F});
  const std::vector<std::string> fields = {"long", "-", "up"};
  const TermSum sum = sum_terms(vectors, parse_terms(fields));
  EXPECT_EQ(sum.vector, (std::vector<float>{1.0F, -1.0F}));
  EXPECT_EQ(sum.rows, (std::vector<std::size_t>{0, 1}));
  const std::vector<Term> unknown = {{.word = "down", .sign = 1}};
  EXPECT_THROW(static_cast<void>(sum_terms(vectors, unknown)), Error);
}

}  // namespace
}  // namespace sememe::vectors
