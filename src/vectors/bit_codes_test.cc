#include "vectors/bit_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "vectors/exact_testing.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::vectors {
namespace {

std::vector<float> unit_vector(std::size_t dims, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(dims);
  // Of very unlike coordinates.
  for (std::size_t i = 0; i < dims; ++i) x[i] = normal(random) / static_cast<float>(1 + i);
  std::vector<float> out(dims);
  to_unit_length(x, out);
  return out;
}

// One width of code behind one interface.
struct Width {
  const char* name;
  std::size_t bits;
  float middle;
  BitFactors (*encode)(std::span<const float>, std::span<std::uint8_t>);
  float (*sum)(std::span<const std::uint8_t>, std::span<const float>);
};
const Width kWidths[] = {{"one", 1, 0.5F, encode_one_bit, one_bit_sum},
                         {"four", 4, 7.5F, encode_four_bits, four_bit_sum}};

struct Errors {
  double mean = 0;
  double deviation = 0;
  std::size_t outside = 0;  ///< of a bound
};

// Errors of the estimated product of two vectors over random rotations.
Errors errors_of(const Width& width, std::size_t dims, std::size_t rotations, double bound) {
  const std::vector<float> x = unit_vector(dims, 1);
  const std::vector<float> q = unit_vector(dims, 2);
  const double expected = product(x, q);
  Errors errors;
  for (std::uint64_t seed = 0; seed < rotations; ++seed) {
    const Rotation rotation(dims, seed);
    std::vector<float> r(rotation.rotated_dims());
    std::vector<float> p(rotation.rotated_dims());
    rotation.rotate(x, r);
    rotation.rotate(q, p);
    std::vector<std::uint8_t> code(r.size() * width.bits / 8);
    const BitFactors factors = width.encode(r, code);
    EXPECT_NEAR(factors.square, 1.0, 1e-5);
    const BitQuery query = bit_query(p);
    const float sum = width.sum(code, p);
    const double error = double{estimated_product(factors, query, sum, width.middle)} - expected;
    EXPECT_NEAR(estimated_square(factors, query, sum, width.middle), 2 - 2 * (expected + error),
                1e-4);
    errors.mean += error / static_cast<double>(rotations);
    errors.deviation += error * error / static_cast<double>(rotations);
    errors.outside += std::abs(error) > bound ? 1 : 0;
  }
  errors.deviation = std::sqrt(errors.deviation);
  return errors;
}

TEST(BitCodes, EstimateWithoutBiasWithinTheirBounds) {
  constexpr std::size_t kRotations = 400;
  for (const std::size_t dims : {64UL, 384UL, 960UL}) {
    const double root = std::sqrt(static_cast<double>(dims));
    for (const Width& width : kWidths) {
      // arXiv 2409.09913, section 3.1: in 99.9 % of cases within 5.75 2^-bits / sqrt(dims); for one
      // bit theorem 3.2 of arXiv 2405.12497 with c = 0.8: a deviation of 0.75 / sqrt(dims).
      const double bound = 5.75 / static_cast<double>(1U << width.bits) / root;
      const Errors errors = errors_of(width, dims, kRotations, bound);
      const double expected = width.bits == 1 ? 0.75 / root : 0.12 / root;
      EXPECT_LT(errors.deviation, 1.15 * expected) << width.name << ' ' << dims;
      EXPECT_GT(errors.deviation, 0.5 * expected) << width.name << ' ' << dims;
      // Four deviations of the mean of that many.
      EXPECT_LT(std::abs(errors.mean), 4 * errors.deviation / std::sqrt(double{kRotations}))
          << width.name << ' ' << dims;
      EXPECT_LE(errors.outside, 3U) << width.name << ' ' << dims;
    }
  }
}

TEST(BitCodes, TheEstimatedProductOfAVectorWithItselfIsExact) {
  const Rotation rotation(384, 4);
  std::vector<float> r(384);
  rotation.rotate(unit_vector(384, 5), r);
  for (float& value : r) value *= 3;
  for (const Width& width : kWidths) {
    std::vector<std::uint8_t> code(r.size() * width.bits / 8);
    const BitFactors factors = width.encode(r, code);
    EXPECT_NEAR(factors.square, 9.0, 1e-4);
    const float sum = width.sum(code, r);
    EXPECT_NEAR(estimated_product(factors, bit_query(r), sum, width.middle), 9.0, 2e-4);
  }
}

TEST(BitCodes, DeviationOfOneBitIsWhatIsSeen) {
  const Rotation rotation(384, 6);
  std::vector<float> r(384);
  rotation.rotate(unit_vector(384, 7), r);
  std::vector<std::uint8_t> code(one_bit_bytes(384));
  const double expected = double{one_bit_deviation(encode_one_bit(r, code), 384)};
  // Queries that are random themselves, instead of rotations.
  double squares = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> q(384);
    for (float& value : q) value = normal(random);
    to_unit_length(std::vector<float>(q), q);
    const BitFactors factors = encode_one_bit(r, code);
    const float sum = one_bit_sum(code, q);
    const double error =
        double{estimated_product(factors, bit_query(q), sum, 0.5F)} - product(r, q);
    squares += error * error / 400;
  }
  EXPECT_NEAR(std::sqrt(squares), expected, 0.12 * expected);
}

TEST(BitCodes, OfZerosEstimateZero) {
  const std::vector<float> zeros(64);
  const std::vector<float> q(64, 0.5F);
  for (const Width& width : kWidths) {
    std::vector<std::uint8_t> code(64 * width.bits / 8, 255);
    const BitFactors factors = width.encode(zeros, code);
    EXPECT_EQ(factors.square, 0.0F);
    EXPECT_EQ(estimated_product(factors, bit_query(q), width.sum(code, q), width.middle), 0.0F);
    EXPECT_EQ(estimated_square(factors, bit_query(q), width.sum(code, q), width.middle), 16.0F);
  }
}

}  // namespace
}  // namespace sememe::vectors
