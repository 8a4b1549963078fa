#include "kernels/layer_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

std::vector<double> exact_layer_norm(std::span<const float> x, const LayerNorm& norm) {
  const auto n = static_cast<double>(x.size());
  double mean = 0;
  for (const float v : x) mean += v / n;
  double variance = 0;
  for (const float v : x) variance += (v - mean) * (v - mean) / n;
  std::vector<double> out;
  for (std::size_t i = 0; i < x.size(); ++i) {
    out.push_back((x[i] - mean) / std::sqrt(variance + double{norm.epsilon}) * norm.gamma[i] +
                  norm.beta[i]);
  }
  return out;
}

TEST(LayerNorm, MatchesDoubleForEveryLengthOffsetAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 1; n <= 67; ++n) {
      const std::vector<float> gamma = test_values(n, 1);
      const std::vector<float> beta = test_values(n, 2);
      const LayerNorm norm{gamma, beta, 1e-5F};
      for (std::size_t offset = 0; offset < 3; ++offset) {
        std::vector<float> x = test_values(3 * (n + 1) + offset, 3);
        const std::vector<float> before = x;
        layer_norm(3, {x.data() + offset, n + 1}, norm, isa);
        for (std::size_t r = 0; r < 3; ++r) {
          const std::size_t first = offset + r * (n + 1);
          const std::vector<double> expected =
              exact_layer_norm(std::span(before).subspan(first, n), norm);
          for (std::size_t i = 0; i < n; ++i) {
            ASSERT_NEAR(x[first + i], expected[i], 4e-6) << isa_name(isa) << " n=" << n;
          }
          ASSERT_EQ(x[first + n], before[first + n]);
        }
      }
    }
  }
}

TEST(LayerNorm, IsAccurateForValuesWithALargeCommonOffset) {
  const std::vector<float> ones(384, 1.0F);
  const std::vector<float> zeros(384, 0.0F);
  const LayerNorm norm{ones, zeros, 1e-12F};
  std::vector<float> x = test_values(384, 5);
  for (float& value : x) value += 64.0F;
  const std::vector<double> expected = exact_layer_norm(x, norm);
  for (const Isa isa : supported_isas()) {
    std::vector<float> y = x;
    layer_norm(1, {y.data(), 384}, norm, isa);
    for (std::size_t i = 0; i < 384; ++i) ASSERT_NEAR(y[i], expected[i], 3e-5) << isa_name(isa);
  }
}

TEST(LayerNorm, OfAConstantRowIsBeta) {
  const std::vector<float> gamma(48, 3.0F);
  const std::vector<float> beta = test_values(48, 2);
  for (const Isa isa : supported_isas()) {
    std::vector<float> x(48, 0.5F);
    layer_norm(1, {x.data(), 48}, {gamma, beta, 1e-12F}, isa);
    EXPECT_EQ(x, beta) << isa_name(isa);
  }
}

TEST(SumRows, AddsThreeRowsOfEveryLength) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 0; n <= 67; ++n) {
      const std::vector<float> a = test_values(n, 1);
      const std::vector<float> b = test_values(n, 2);
      const std::vector<float> c = test_values(n, 3);
      std::vector<float> out(n);
      sum_rows(a, b, c, out, isa);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(out[i], a[i] + b[i] + c[i]);
    }
  }
}

TEST(MeanRows, MatchesDoubleForEveryShape) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 1; n <= 67; n += 3) {
      for (const std::size_t m : {1UL, 2UL, 17UL, 512UL}) {
        const std::vector<float> x = test_values(m * n, m + n);
        std::vector<float> out(n);
        mean_rows(m, {x.data(), n}, out, isa);
        for (std::size_t i = 0; i < n; ++i) {
          double sum = 0;
          for (std::size_t r = 0; r < m; ++r) sum += x[r * n + i];
          ASSERT_NEAR(out[i], sum / static_cast<double>(m), 2e-6) << isa_name(isa);
        }
      }
    }
  }
}

TEST(L2Normalize, GivesLengthOneForAnyScaleAndLength) {
  for (const float scale : {1e-38F, 1e-20F, 1.0F, 1e20F, 1e37F}) {
    for (std::size_t n = 1; n <= 67; ++n) {
      std::vector<float> x = test_values(n, n);
      for (float& value : x) value *= scale;
      l2_normalize(x);
      double squares = 0;
      for (const float value : x) squares += double{value} * double{value};
      ASSERT_NEAR(std::sqrt(squares), 1.0, 1e-6) << scale << " n=" << n;
    }
  }
}

TEST(L2Normalize, LeavesTheZeroVectorAndTheEmptyOneAlone) {
  std::vector<float> zero(5, 0.0F);
  l2_normalize(zero);
  EXPECT_EQ(zero, std::vector<float>(5, 0.0F));
  l2_normalize({});
}

}  // namespace
}  // namespace sememe::kernels
