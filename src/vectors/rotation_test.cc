#include "vectors/rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

#include "base/hash.h"
#include "vectors/exact_testing.h"

namespace sememe::vectors {
namespace {

constexpr std::size_t kTriedDims[] = {1, 3, 64, 65, 100, 192, 300, 384, 448, 960, 1000, 1536, 4096};

std::vector<float> normal_vector(std::size_t dims, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(dims);
  for (float& value : x) value = normal(random);
  return x;
}

std::vector<float> rotated(const Rotation& rotation, std::span<const float> x) {
  std::vector<float> out(rotation.rotated_dims());
  rotation.rotate(x, out);
  return out;
}

TEST(Rotation, KeepsLengthsAndInnerProducts) {
  for (const std::size_t dims : kTriedDims) {
    const Rotation rotation(dims, dims);
    EXPECT_EQ(rotation.rotated_dims() % 64, 0U);
    EXPECT_GE(rotation.rotated_dims(), dims);
    EXPECT_LT(rotation.rotated_dims(), dims + 64);
    const std::vector<float> a = normal_vector(dims, 1);
    const std::vector<float> b = normal_vector(dims, 2);
    const std::vector<float> x = rotated(rotation, a);
    const std::vector<float> y = rotated(rotation, b);
    const double lengths = std::sqrt(product(a, a) * product(b, b));
    EXPECT_NEAR(product(x, x), product(a, a), 1e-5 * product(a, a)) << dims;
    EXPECT_NEAR(product(x, y), product(a, b), 1e-5 * lengths) << dims;
  }
}

// Of one coordinate of a unit vector: over many rotations every coordinate of the result has one
// share of the square length, and their distribution is close to normal (a fourth moment of 3).
TEST(Rotation, SpreadsACoordinateEvenly) {
  constexpr std::size_t kSeeds = 64;
  for (const std::size_t dims : {100UL, 256UL, 384UL, 448UL, 960UL}) {
    for (const std::size_t place : {std::size_t{0}, dims / 2, dims - 1}) {
      std::vector<float> unit(dims);
      unit[place] = 1;
      const std::size_t n = (dims + 63) / 64 * 64;
      std::vector<double> squares(n / 64);
      double fourth = 0;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const std::vector<float> out = rotated(Rotation(dims, seed), unit);
        for (std::size_t i = 0; i < n; ++i) {
          const double square = double{out[i]} * double{out[i]} * static_cast<double>(n);
          squares[i / 64] += square / (64 * kSeeds);
          fourth += square * square / static_cast<double>(n * kSeeds);
        }
      }
      // 4,096 squares of normal numbers: 2.2 % of deviation.
      for (const double mean : squares) EXPECT_NEAR(mean, 1.0, 0.1) << dims << ' ' << place;
      EXPECT_NEAR(fourth, 3.0, 0.25) << dims << ' ' << place;
    }
  }
}

TEST(Rotation, IsThatOfItsSeed) {
  const std::vector<float> x = normal_vector(300, 5);
  const std::vector<float> first = rotated(Rotation(300, 7), x);
  EXPECT_EQ(rotated(Rotation(300, 7), x), first);
  EXPECT_NE(rotated(Rotation(300, 8), x), first);
}

// A stored index holds codes of rotated vectors: these bits must never change.
TEST(Rotation, GivesTheBitsThatItAlwaysGave) {
  std::vector<float> x(300);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) - 2.0F;
  const std::vector<float> out = rotated(Rotation(300, 1), x);
  EXPECT_EQ(xxh3_64(std::as_bytes(std::span(out))), 9948369391926266578U);
}

TEST(Rotation, OfZerosIsZero) {
  const std::vector<float> zero(384);
  EXPECT_EQ(rotated(Rotation(384, 1), zero), std::vector<float>(384));
}

}  // namespace
}  // namespace sememe::vectors
