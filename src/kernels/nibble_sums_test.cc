#include "kernels/nibble_sums.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

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

std::vector<std::uint8_t> packed(std::span<const std::uint8_t> rows, std::size_t dims) {
  std::vector<std::uint8_t> block(nibble_block_bytes(dims), 0x77);
  if (dims > 0) pack_nibble_block(rows, dims, block);
  return block;
}

TEST(NibbleSums, AreExactOnEveryTier) {
  for (const std::size_t dims : {0UL, 64UL, 128UL, 192UL, 384UL, 1024UL, 4096UL}) {
    std::vector<std::int8_t> query;
    for (const float value : test_values(dims, 1)) query.push_back(byte_of(value));
    for (const std::size_t count : {0UL, 1UL, 21UL, 32UL}) {
      const std::vector<std::uint8_t> rows = test_levels(count * dims / 2, 2);
      const std::vector<std::uint8_t> block = packed(rows, dims);
      for (const Isa isa : supported_isas()) {
        std::array<std::int32_t, kBitBlockRows> sums;
        nibble_sums(block, query, sums, 0, isa);
        for (std::size_t r = 0; r < kBitBlockRows; ++r) {
          const std::int32_t expected = r < count ? product(query, rows.data() + r * dims / 2) : 0;
          EXPECT_EQ(sums[r], expected) << isa_name(isa) << ' ' << dims << ' ' << r;
        }
      }
    }
  }
}

// What is asked for ahead may lie behind the end of memory.
TEST(NibbleSums, AreTheSameWithAnythingAskedFor) {
  std::vector<std::int8_t> query;
  for (const float value : test_values(128, 1)) query.push_back(byte_of(value));
  const std::vector<std::uint8_t> block = packed(test_levels(kBitBlockRows * 64, 2), 128);
  for (const Isa isa : supported_isas()) {
    std::array<std::int32_t, kBitBlockRows> plain;
    std::array<std::int32_t, kBitBlockRows> asking;
    nibble_sums(block, query, plain, 0, isa);
    nibble_sums(block, query, asking, std::size_t{1} << 40, isa);
    EXPECT_EQ(asking, plain) << isa_name(isa);
  }
}

TEST(NibbleSums, HoldTheLargest) {
  const std::vector<std::int8_t> low(kNibbleMost, -128);
  const std::vector<std::int8_t> high(kNibbleMost, 127);
  const std::vector<std::uint8_t> block(nibble_block_bytes(kNibbleMost), 0xFF);
  for (const Isa isa : supported_isas()) {
    std::array<std::int32_t, kBitBlockRows> sums;
    nibble_sums(block, low, sums, 0, isa);
    for (const std::int32_t sum : sums) EXPECT_EQ(sum, -65536 * 128 * 15) << isa_name(isa);
    nibble_sums(block, high, sums, 0, isa);
    for (const std::int32_t sum : sums) EXPECT_EQ(sum, 65536 * 127 * 15) << isa_name(isa);
  }
}

TEST(NibbleScores, AreTheSameBitsOnEveryTier) {
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
    nibble_scores(packed(levels, kDims), query, scoring, scores, 0, isa);
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
