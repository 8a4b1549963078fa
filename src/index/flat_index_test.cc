#include "index/flat_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sememe::index {
namespace {

Matrix random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, cols);
  for (float& value : matrix.values) value = normal(random);
  return matrix;
}

// Sorts every row by its product in double.
std::vector<std::size_t> brute_force(MatrixView vectors, std::span<const float> query) {
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t r = 0; r < vectors.rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < vectors.cols; ++c)
      sum += double{vectors.row(r)[c]} * double{query[c]};
    all.emplace_back(-sum, r);
  }
  std::ranges::sort(all);
  std::vector<std::size_t> rows;
  for (const auto& [negative, row] : all) rows.push_back(row);
  return rows;
}

TEST(FlatIndex, EqualsBruteForceOverSeveralBlocks) {
  const Matrix vectors = random_rows(3000, 40, 1);
  const Matrix queries = random_rows(5, 40, 2);
  const FlatIndex index(vectors.view());
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto expected = brute_force(vectors.view(), queries.row(q));
    const auto found = index.search(queries.row(q), 20);
    ASSERT_EQ(found.size(), 20U);
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].row, expected[i]);
  }
}

TEST(FlatIndex, ReturnsAllRowsWhenKExceedsSize) {
  const Matrix vectors = random_rows(7, 3, 3);
  EXPECT_EQ(FlatIndex(vectors.view()).search(vectors.row(0), 100).size(), 7U);
}

TEST(FlatIndex, EmptyIndexAndZeroKFindNothing) {
  const Matrix none(0, 3);
  const std::vector<float> query = {1, 2, 3};
  EXPECT_TRUE(FlatIndex(none.view()).search(query, 5).empty());
  const Matrix some = random_rows(4, 3, 4);
  EXPECT_TRUE(FlatIndex(some.view()).search(query, 0).empty());
}

TEST(FlatIndex, EqualProductsComeInRowOrder) {
  Matrix vectors(2500, 2);
  for (std::size_t r = 0; r < vectors.rows; ++r) vectors.row(r)[0] = 1;
  const std::vector<float> query = {1, 0};
  const auto found = FlatIndex(vectors.view()).search(query, 3);
  EXPECT_EQ(found, (std::vector<Neighbor>{{0, 1}, {1, 1}, {2, 1}}));
}

TEST(FlatIndex, ReturnsOnlyAllowedRows) {
  const Matrix vectors = random_rows(2000, 16, 5);
  RowSet allowed(vectors.rows);
  for (std::size_t r = 0; r < vectors.rows; r += 3) allowed.insert(r);
  auto expected = brute_force(vectors.view(), vectors.row(1));
  std::erase_if(expected, [&](std::size_t row) { return !allowed.contains(row); });
  const auto found = FlatIndex(vectors.view()).search(vectors.row(1), 10, allowed);
  ASSERT_EQ(found.size(), 10U);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].row, expected[i]);
}

TEST(FlatIndex, RowsWithNanAreNeverReturned) {
  Matrix vectors = random_rows(5, 2, 6);
  vectors.row(2)[0] = NAN;
  const auto found = FlatIndex(vectors.view()).search(vectors.row(0), 5);
  EXPECT_EQ(found.size(), 4U);
  for (const Neighbor& neighbor : found) EXPECT_NE(neighbor.row, 2U);
}

}  // namespace
}  // namespace sememe::index
