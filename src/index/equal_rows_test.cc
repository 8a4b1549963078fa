#include "index/equal_rows.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sememe::index {
namespace {

using Rows = std::vector<std::uint32_t>;

Rows of(std::span<const std::uint32_t> rows) { return {rows.begin(), rows.end()}; }

TEST(EqualRows, AreListedWithTheFirstOfThem) {
  Matrix rows(7, 2);
  const std::vector<float> values = {1, 2, 3, 4, 1, 2, 5, 6, 3, 4, 1, 2, 2, 1};
  std::ranges::copy(values, rows.values.begin());
  const EqualRows equal(rows.view());
  EXPECT_EQ(of(equal.distinct()), (Rows{0, 1, 3, 6}));
  ASSERT_EQ(equal.places().size(), 4);
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[0])), (Rows{2, 5}));
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[1])), (Rows{4}));
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[2])), Rows{});
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[3])), Rows{});
}

TEST(EqualRows, KeepTheirCopiesInAnotherOrder) {
  Matrix rows(6, 1);
  const std::vector<float> values = {1, 2, 1, 3, 3, 3};
  std::ranges::copy(values, rows.values.begin());
  EqualRows equal(rows.view());
  equal.put_in_order({3, 0, 1});
  EXPECT_EQ(of(equal.distinct()), (Rows{3, 0, 1}));
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[0])), (Rows{4, 5}));
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[1])), (Rows{2}));
  EXPECT_EQ(of(copies_at(equal.copies(), equal.places()[2])), Rows{});
}

TEST(EqualRows, AreNoneInAMatrixWithoutRows) {
  const EqualRows equal(MatrixView{.data = nullptr, .rows = 0, .cols = 3});
  EXPECT_TRUE(equal.distinct().empty());
  EXPECT_EQ(equal.copies().size(), 1);
}

}  // namespace
}  // namespace sememe::index
