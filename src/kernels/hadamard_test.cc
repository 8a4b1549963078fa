#include "kernels/hadamard.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

// By its definition, in double.
std::vector<double> transformed(std::span<const float> x) {
  std::vector<double> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      out[i] += std::popcount(i & j) % 2 == 1 ? -double{x[j]} : double{x[j]};
    }
    out[i] /= std::sqrt(static_cast<double>(x.size()));
  }
  return out;
}

TEST(Hadamard, IsItsDefinitionOnEveryTierInTheSameBits) {
  for (std::size_t n = 1; n <= 4096; n *= 2) {
    const std::vector<float> x = test_values(n, n);
    std::vector<float> scalar = x;
    hadamard(scalar, Isa::kScalar);
    if (n <= 1024) {
      const std::vector<double> expected = transformed(x);
      double length = 0;
      for (const float value : x) length += double{value} * double{value};
      for (std::size_t i = 0; i < n; ++i) {
        EXPECT_NEAR(scalar[i], expected[i], 1e-6 * std::sqrt(length)) << n << ' ' << i;
      }
    }
    for (const Isa isa : supported_isas()) {
      std::vector<float> values = x;
      hadamard(values, isa);
      EXPECT_EQ(values, scalar) << isa_name(isa) << ' ' << n;
    }
  }
}

std::vector<float> test_signs(std::size_t n) {
  std::vector<float> signs;
  for (const float value : test_values(n, 99)) signs.push_back(value < 0 ? -1.0F : 1.0F);
  return signs;
}

TEST(Hadamard, TakesSigns) {
  for (std::size_t n = 1; n <= 512; n *= 2) {
    const std::vector<float> signs = test_signs(n);
    std::vector<float> expected = test_values(n, 4);
    for (std::size_t i = 0; i < n; ++i) expected[i] *= signs[i];
    hadamard(expected);
    for (const Isa isa : supported_isas()) {
      std::vector<float> values = test_values(n, 4);
      hadamard(values, signs, isa);
      EXPECT_EQ(values, expected) << isa_name(isa) << ' ' << n;
    }
  }
}

TEST(MixHalves, TurnsEachPair) {
  for (const std::size_t n : {32UL, 192UL, 960UL}) {
    const std::vector<float> x = test_values(n, 5);
    const std::vector<float> signs = test_signs(n);
    std::vector<float> scalar = x;
    mix_halves(scalar, signs, Isa::kScalar);
    for (std::size_t i = 0; i < n / 2; ++i) {
      const double a = double{x[i]} * double{signs[i]};
      const double b = double{x[n / 2 + i]} * double{signs[n / 2 + i]};
      EXPECT_NEAR(scalar[i], (a + b) / std::sqrt(2.0), 1e-6);
      EXPECT_NEAR(scalar[n / 2 + i], (a - b) / std::sqrt(2.0), 1e-6);
    }
    for (const Isa isa : supported_isas()) {
      std::vector<float> values = x;
      mix_halves(values, signs, isa);
      EXPECT_EQ(values, scalar) << isa_name(isa) << ' ' << n;
    }
  }
}

TEST(Hadamard, IsItsOwnInverse) {
  std::vector<float> values = test_values(2048, 3);
  const std::vector<float> before = values;
  hadamard(values);
  hadamard(values);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], before[i], 1e-6);
}

}  // namespace
}  // namespace sememe::kernels
