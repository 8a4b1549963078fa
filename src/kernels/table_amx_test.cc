// The f32 products of the AMX tier against a model of their arithmetic, bit for bit, and where the
// values are no numbers. The other properties are tested for every tier in gemm_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/attention.h"
#include "kernels/gemm.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

class AmxTable : public testing::Test {
 protected:
  void SetUp() override {
    if (std::ranges::find(supported_isas(), Isa::kAmx) == supported_isas().end()) {
      GTEST_SKIP() << "this machine has no AMX";
    }
  }
};

constexpr std::size_t kStep = 32;

// The nearest bf16, ties away from zero, as f32.
float high_part(float x) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(x) + 0x8000U) & 0xFFFF0000U);
}

// The nearest bf16, ties to even, as f32.
float round_to_bf16(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  return std::bit_cast<float>((bits + 0x7FFFU + ((bits >> 16) & 1U)) & 0xFFFF0000U);
}

struct Split {
  explicit Split(float x) : high(high_part(x)), low(round_to_bf16(x - high)) {}
  float high, low;
};

// sum + a product of one step: its even and its odd k are a chain each.
float add_step(float sum, std::span<const float> a, std::span<const float> b) {
  float chains[2] = {0.0F, 0.0F};
  for (std::size_t i = 0; i < a.size(); ++i) chains[i % 2] = std::fma(a[i], b[i], chains[i % 2]);
  return sum + (chains[0] + chains[1]);
}

float model_of_product(std::span<const float> a, std::span<const float> w, float bias) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < a.size(); k += kStep) {
    std::vector<float> a_high, a_low, w_high, w_low;
    for (std::size_t i = k; i < std::min(k + kStep, a.size()); ++i) {
      a_high.push_back(Split(a[i]).high);
      a_low.push_back(Split(a[i]).low);
      w_high.push_back(Split(w[i]).high);
      w_low.push_back(Split(w[i]).low);
    }
    sum = add_step(sum, a_low, w_high);
    sum = add_step(sum, a_high, w_high);
    sum = add_step(sum, a_high, w_low);
  }
  return sum + bias;
}

struct Product {
  Product(std::size_t rows, std::size_t columns, std::size_t depth)
      : m(rows),
        n(columns),
        k(depth),
        a(test_values(m * k, 5)),
        w(test_values(n * k, 6)),
        bias(test_values(n, 7)) {}
  std::vector<float> run(std::size_t first, std::size_t rows) const {
    PackedWeights packed(n, k, Isa::kAmx);
    packed.fill(0, w.data(), bias);
    std::vector<float> c(rows * n);
    gemm(rows, {&a[first * k], k}, packed, {c.data(), n});
    return c;
  }
  std::vector<float> run() const { return run(0, m); }
  std::size_t m, n, k;
  std::vector<float> a, w, bias;
};

TEST_F(AmxTable, ProductsAreThoseOfTheModelBitForBit) {
  for (const Product& p : {Product(1, 1, 1), Product(3, 70, 45), Product(40, 33, 100),
                           Product(16, 64, 384), Product(97, 65, 1000)}) {
    const std::vector<float> c = p.run();
    for (std::size_t r = 0; r < p.m; ++r) {
      for (std::size_t j = 0; j < p.n; ++j) {
        const float expected = model_of_product(std::span(p.a).subspan(r * p.k, p.k),
                                                std::span(p.w).subspan(j * p.k, p.k), p.bias[j]);
        ASSERT_EQ(c[r * p.n + j], expected)
            << p.m << "x" << p.n << "x" << p.k << " " << r << "," << j;
      }
    }
  }
}

// More rows than a block has, and more of k than a slab has for so many rows.
TEST_F(AmxTable, RowsKeepTheirBitsInBlocksAndSlabs) {
  const Product p(530, 70, 1100);
  const std::vector<float> all = p.run();
  for (std::size_t first = 0; first < p.m; first += 61) {
    const std::size_t rows = std::min(1 + first % 47, p.m - first);
    const std::vector<float> part = p.run(first, rows);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + first * p.n)) << first;
  }
}

TEST_F(AmxTable, WhatIsNotFiniteIsNanInItsRowAlone) {
  const Product clean(35, 40, 50);
  const std::vector<float> expected = clean.run();
  const float payloads = std::bit_cast<float>(0x7FFFFFFFU);
  const float infinity = std::numeric_limits<float>::infinity();
  const float not_a_number = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {infinity, -infinity, not_a_number, payloads, -payloads, 3.4e38F}) {
    Product p = clean;
    p.a[20 * p.k + 33] = bad;
    const std::vector<float> c = p.run();
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (i / p.n == 20) {
        ASSERT_TRUE(std::isnan(c[i])) << bad << " at " << i;
      } else {
        ASSERT_EQ(c[i], expected[i]);
      }
    }
  }
}

TEST_F(AmxTable, AWeightThatIsNotFiniteIsNanInItsColumnAlone) {
  Product p(3, 40, 50);
  const std::vector<float> expected = p.run();
  p.w[17 * p.k + 4] = std::numeric_limits<float>::infinity();
  const std::vector<float> c = p.run();
  for (std::size_t i = 0; i < c.size(); ++i) {
    EXPECT_TRUE(i % p.n == 17 ? std::isnan(c[i]) : c[i] == expected[i]) << i;
  }
}

TEST_F(AmxTable, DenormalsCountAsZero) {
  Product p(1, 1, 1);
  p.a[0] = 1e-40F;
  p.w[0] = 1e30F;
  EXPECT_EQ(p.run()[0], p.bias[0]);
}

TEST_F(AmxTable, AValueThatIsNotFiniteIsNanInItsDimensionAlone) {
  const AttentionShape shape{40, 2, 32, Isa::kAmx};
  std::vector<float> qkv = test_values(40 * 192, 8);
  qkv[37 * 192 + 128 + 3] = std::numeric_limits<float>::infinity();
  std::vector<float> out(40 * 64);
  std::vector<float> scratch(attention_scratch(shape));
  attention(shape, {qkv.data(), 192}, {out.data(), 64}, scratch);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(std::isnan(out[i]), i % 64 == 3) << i;
}

}  // namespace
}  // namespace sememe::kernels
