#include "vectors/similarity.h"

#include <gtest/gtest.h>

#include <vector>

namespace sememe::vectors {
namespace {

TEST(Similarity, CosineOfKnownAngles) {
  const std::vector<float> x = {1, 0};
  const std::vector<float> y = {0, 2};
  const std::vector<float> diagonal = {3, 3};
  EXPECT_DOUBLE_EQ(cosine(x, x), 1.0);
  EXPECT_DOUBLE_EQ(cosine(x, y), 0.0);
  EXPECT_NEAR(cosine(x, diagonal), 0.70710678, 1e-8);
}

TEST(Similarity, ZeroVectorHasNoDirection) {
  const std::vector<float> zero = {0, 0};
  const std::vector<float> x = {1, 0};
  EXPECT_EQ(cosine(zero, x), 0.0);
}

TEST(Similarity, MatrixIsSymmetricWithOnesOnTheDiagonal) {
  Matrix rows(3, 2);
  rows.values = {1, 2, -3, 4, 0.5F, -0.25F};
  const Matrix out = cosine_matrix(rows.view());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(out.row(i)[i], 1.0F);
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(out.row(i)[j], out.row(j)[i]);
  }
}

TEST(Similarity, ScoreStaysBetweenZeroAndOne) {
  EXPECT_EQ(score_of_cosine(-0.3F), 0.0F);
  EXPECT_EQ(score_of_cosine(1.0000001F), 1.0F);
  EXPECT_EQ(score_of_cosine(0.25F), 0.25F);
}

}  // namespace
}  // namespace sememe::vectors
