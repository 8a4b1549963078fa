#include "train/sparse_matrix.h"

#include <gtest/gtest.h>

#include <cstring>

#include "train/sparse_testing.h"

namespace sememe::train {
namespace {

TEST(SparseMatrix, TransposedTwiceIsItself) {
  const SparseMatrix a = random_sparse(50, 30, 0.2, 1);
  const SparseMatrix t = a.transposed();
  ASSERT_EQ(t.rows(), 30);
  ASSERT_EQ(t.cols(), 50);
  EXPECT_EQ(dense(t), dense(a).transpose());
  EXPECT_EQ(dense(t.transposed()), dense(a));
  for (std::size_t row = 0; row < t.rows(); ++row) {
    EXPECT_TRUE(std::ranges::is_sorted(t.columns(row)));
  }
}

TEST(SparseMatrix, ProductsAreThoseOfDenseOnes) {
  const SparseMatrix a = random_sparse(3000, 200, 0.4, 2);
  VectorTable x(200, 20);
  Random random(3);
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t c = 0; c < x.dim(); ++c) x.row(r)[c] = random.uniform() - 0.5F;
  }
  ThreadPool one(1);
  ThreadPool three(3);
  std::size_t done = 0;
  const VectorTable product = multiply(a, x, one, [&](std::size_t entries) {
    EXPECT_GT(entries, done);
    done = entries;
  });
  EXPECT_EQ(done, a.entries());
  EXPECT_LT((dense(product) - dense(a) * dense(x)).cwiseAbs().maxCoeff(), 1e-5);
  const VectorTable same = multiply(a, x, three);
  for (std::size_t r = 0; r < product.rows(); ++r) {
    ASSERT_EQ(std::memcmp(product.row(r), same.row(r), 4 * product.stride()), 0);
  }
}

TEST(SparseMatrix, EmptyRowsGiveZeros) {
  SparseMatrix a(4);
  a.end_row();
  a.add(3, 2);
  a.end_row();
  VectorTable x(4, 1);
  x.row(3)[0] = 5;
  ThreadPool pool(1);
  const VectorTable product = multiply(a, x, pool);
  EXPECT_EQ(product.row(0)[0], 0);
  EXPECT_EQ(product.row(1)[0], 10);
}

}  // namespace
}  // namespace sememe::train
