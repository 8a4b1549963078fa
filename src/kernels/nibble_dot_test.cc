#include "kernels/nibble_dot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/byte_dot.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

// -128 .. 127 of numbers in -1 .. 1.
std::int8_t byte_of(float value) {
  return static_cast<std::int8_t>(static_cast<int>(value * 128.0F));
}

std::vector<std::uint8_t> test_levels(std::size_t bytes, std::uint64_t seed) {
  std::vector<std::uint8_t> out;
  for (const float value : test_values(bytes, seed)) {
    out.push_back(static_cast<std::uint8_t>(byte_of(value)));
  }
  return out;
}

std::int32_t product(std::span<const std::int8_t> query, const std::uint8_t* levels) {
  std::int32_t sum = 0;
  for (std::size_t d = 0; d < query.size(); ++d) {
    sum += query[d] * (d % 2 == 0 ? levels[d / 2] % 16 : levels[d / 2] / 16);
  }
  return sum;
}

std::vector<std::int8_t> arranged(std::span<const std::int8_t> query) {
  std::vector<std::int8_t> out(query.size());
  arrange_nibble_query(query, out);
  return out;
}

TEST(NibbleDot, IsExactOnEveryTier) {
  for (const std::size_t n : {0UL, 64UL, 128UL, 192UL, 384UL, 1024UL, 4096UL}) {
    const std::size_t stride = n / 2 + 3;  // rows at any address
    std::vector<std::int8_t> query;
    for (const float value : test_values(n, 1)) query.push_back(byte_of(value));
    std::vector<std::uint8_t> levels = test_levels(21 * stride, 2);
    levels.shrink_to_fit();
    for (const Isa isa : supported_isas()) {
      for (const std::size_t count : {0UL, 1UL, 3UL, 4UL, 21UL}) {
        std::vector<std::int32_t> out(count);
        nibble_dot_rows(arranged(query), {.data = levels.data(), .stride = stride}, out, isa);
        for (std::size_t r = 0; r < count; ++r) {
          EXPECT_EQ(out[r], product(query, levels.data() + r * stride))
              << isa_name(isa) << ' ' << n;
        }
      }
    }
  }
}

TEST(NibbleDot, HoldsTheLargestSums) {
  const std::vector<std::int8_t> low(kByteDotMost, -128);
  const std::vector<std::int8_t> high(kByteDotMost, 127);
  const std::vector<std::uint8_t> levels(kByteDotMost / 2, 0xFF);
  for (const Isa isa : supported_isas()) {
    std::int32_t out = 0;
    nibble_dot_rows(low, {.data = levels.data(), .stride = 0}, {&out, 1}, isa);
    EXPECT_EQ(out, -65536 * 128 * 15) << isa_name(isa);
    nibble_dot_rows(high, {.data = levels.data(), .stride = 0}, {&out, 1}, isa);
    EXPECT_EQ(out, 65536 * 127 * 15) << isa_name(isa);
  }
}

TEST(NibbleDot, ScoresAreTheSameBitsOnEveryTier) {
  constexpr std::size_t kDims = 192;
  std::vector<std::int8_t> query;
  for (const float value : test_values(kDims, 1)) query.push_back(byte_of(value));
  const std::vector<std::uint8_t> levels = test_levels(kBitBlockRows * kDims / 2, 2);
  const std::vector<float> numbers = test_values(2 * kBitBlockRows, 3);
  const BitScoring scoring = {
      .start = -1.5F,
      .step = 0.01F,
      .factors = std::span<const float, kBitBlockRows>(numbers.data(), kBitBlockRows),
      .offsets =
          std::span<const float, kBitBlockRows>(numbers.data() + kBitBlockRows, kBitBlockRows)};
  for (const Isa isa : supported_isas()) {
    std::array<float, kBitBlockRows> scores;
    nibble_scores({.data = levels.data(), .stride = kDims / 2}, arranged(query), scoring, scores,
                  isa);
    for (std::size_t r = 0; r < kBitBlockRows; ++r) {
      const auto sum = static_cast<float>(product(query, levels.data() + r * kDims / 2));
      const float expected = std::fma(
          scoring.factors[r], std::fma(scoring.step, sum, scoring.start), scoring.offsets[r]);
      EXPECT_EQ(scores[r], expected) << isa_name(isa) << ' ' << r;
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
