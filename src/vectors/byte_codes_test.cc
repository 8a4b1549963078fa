#include "vectors/byte_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sememe/error.h"

namespace sememe::vectors {
namespace {

std::vector<float> random_vector(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> out(size);
  for (float& value : out) value = normal(random);
  return out;
}

TEST(ByteCodes, AreWithinHalfAStep) {
  for (const std::size_t size : {1UL, 7UL, 64UL, 384UL, 4096UL}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const std::vector<float> x = random_vector(size, seed);
      std::vector<std::int8_t> code((size + 63) / 64 * 64, 9);
      const ByteScale scale = encode_bytes(x, code);
      double square = 0;
      int highest = 0;
      for (std::size_t i = 0; i < code.size(); ++i) {
        const float value = i < size ? x[i] : 0.0F;
        EXPECT_LE(std::abs(double{scale.scale} * code[i] - double{value}),
                  double{scale.scale} * 0.50001);
        square += code[i] * code[i] * double{scale.scale} * double{scale.scale};
        highest = std::max(highest, std::abs(int{code[i]}));
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

TEST(ByteCodes, RefuseWhatIsNoNumber) {
  for (const float value : {NAN, INFINITY, -INFINITY, std::numeric_limits<float>::max()}) {
    std::vector<float> x = random_vector(10, 1);
    x[7] = value;
    std::vector<std::int8_t> code(64);
    try {
      encode_bytes(x, code);
      FAIL() << value;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace sememe::vectors
