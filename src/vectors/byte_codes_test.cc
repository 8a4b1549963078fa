#include "vectors/byte_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "sememe/error.h"

namespace sememe::vectors {
namespace {

Matrix random_rows(std::size_t rows, std::size_t cols) {
  std::mt19937_64 random(cols);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, cols);
  for (float& value : matrix.values) value = normal(random);
  return matrix;
}

TEST(ByteCodes, AreWithinHalfAStep) {
  for (const std::size_t cols : {1UL, 7UL, 64UL, 384UL, 4096UL}) {
    const Matrix rows = random_rows(5, cols);
    const ByteCodes codes(rows.view());
    ASSERT_EQ(codes.size(), 5U);
    EXPECT_EQ(codes.stride() % 64, 0U);
    for (std::size_t r = 0; r < 5; ++r) {
      const ByteScale& scale = codes.scale(r);
      double square = 0;
      int highest = 0;
      for (std::size_t c = 0; c < codes.stride(); ++c) {
        const int level = codes.code(r)[c];
        const float value = c < cols ? rows.row(r)[c] : 0.0F;
        EXPECT_LE(std::abs(double{scale.scale} * level - double{value}),
                  double{scale.scale} * 0.50001);
        square += level * level * double{scale.scale} * double{scale.scale};
        highest = std::max(highest, std::abs(level));
      }
      EXPECT_EQ(highest, 127);
      EXPECT_NEAR(scale.square, square, 1e-6 * square);
    }
  }
}

TEST(ByteCodes, OfZerosAreZeros) {
  for (const float value : {0.0F, -0.0F, 1e-40F}) {
    std::vector<std::int8_t> code(64, 9);
    const ByteScale scale = encode_bytes(std::vector<float>(10, value), code);
    EXPECT_EQ(scale.scale, 0.0F);
    EXPECT_EQ(scale.square, 0.0F);
    EXPECT_EQ(code, std::vector<std::int8_t>(64));
  }
}

TEST(ByteCodes, RefuseWhatIsNoNumberAndNameTheRow) {
  for (const float value : {NAN, INFINITY, -INFINITY, std::numeric_limits<float>::max()}) {
    Matrix rows = random_rows(4, 10);
    rows.row(2)[7] = value;
    try {
      const ByteCodes codes(rows.view());
      FAIL() << value;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find("row 2: expected"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace sememe::vectors
