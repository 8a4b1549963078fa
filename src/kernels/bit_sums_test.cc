#include "kernels/bit_sums.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

std::vector<std::uint8_t> test_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes;
  for (const float value : test_values(count, seed)) {
    bytes.push_back(static_cast<std::uint8_t>((value + 1.0F) * 128.0F));
  }
  return bytes;
}

std::vector<std::uint8_t> test_table(std::size_t dims, std::uint64_t seed) {
  std::vector<std::uint8_t> entries = test_bytes(bit_block_bytes(dims), seed);
  for (std::uint8_t& entry : entries) entry = entry % (kMostBitEntry + 1);
  return entries;
}

bool bit_of(const std::vector<std::uint8_t>& rows, std::size_t dims, std::size_t row,
            std::size_t d) {
  return ((rows[row * dims / 8 + d / 8] >> (d % 8)) & 1) != 0;
}

TEST(BitSums, AreThoseOfTheBitsOnEveryTier) {
  for (const std::size_t dims : {0UL, 64UL, 128UL, 384UL, 960UL, 1024UL, 1088UL, 4096UL}) {
    const std::vector<std::uint8_t> table = test_table(dims, 4);
    std::vector<std::uint8_t> block(bit_block_bytes(dims));
    std::array<std::uint32_t, kBitBlockRows> expected{};
    if (dims > 0) {
      const std::vector<std::uint8_t> rows = test_bytes(kBitBlockRows * dims / 8, dims);
      pack_bit_block(rows, dims, block);
      for (std::size_t r = 0; r < kBitBlockRows; ++r) {
        for (std::size_t d = 0; d < dims; d += 4) {
          std::size_t entry = 0;
          for (std::size_t i = 0; i < 4; ++i) {
            entry += bit_of(rows, dims, r, d + i) ? std::size_t{1} << i : 0;
          }
          expected[r] += table[4 * d + entry];
        }
      }
    }
    for (const Isa isa : supported_isas()) {
      std::array<std::uint32_t, kBitBlockRows> sums;
      bit_sums(block, table, sums, isa);
      EXPECT_EQ(sums, expected) << isa_name(isa) << ' ' << dims;
    }
  }
}

TEST(BitSums, DoNotOverflow) {
  for (const std::size_t dims : {1024UL, 4096UL, 4160UL, 65536UL}) {
    const std::vector<std::uint8_t> table(bit_block_bytes(dims), kMostBitEntry);
    const std::vector<std::uint8_t> block = test_bytes(bit_block_bytes(dims), 5);
    for (const Isa isa : supported_isas()) {
      std::array<std::uint32_t, kBitBlockRows> sums;
      bit_sums(block, table, sums, isa);
      for (const std::uint32_t sum : sums)
        EXPECT_EQ(sum, kMostBitEntry * dims / 4) << isa_name(isa);
    }
  }
}

TEST(BitSums, MissingRowsOfABlockAreZeros) {
  const std::vector<std::uint8_t> rows(3 * 8, 255);
  std::vector<std::uint8_t> block(bit_block_bytes(64), 77);
  pack_bit_block(rows, 64, block);
  std::vector<std::uint8_t> table(block.size());
  for (std::size_t g = 0; g < 16; ++g) table[16 * g + 15] = 1;
  std::array<std::uint32_t, kBitBlockRows> sums;
  bit_sums(block, table, sums);
  for (std::size_t r = 0; r < kBitBlockRows; ++r) EXPECT_EQ(sums[r], r < 3 ? 16U : 0U);
}

TEST(BitScores, AreThoseOfTheSumsOnEveryTier) {
  const std::vector<std::uint8_t> table = test_table(384, 7);
  const std::vector<std::uint8_t> block = test_bytes(bit_block_bytes(384), 8);
  const std::vector<float> values = test_values(2 * kBitBlockRows, 9);
  const BitScoring scoring = {.start = -3.25F,
                              .step = 0.001F,
                              .factors = std::span(values).first<kBitBlockRows>(),
                              .offsets = std::span(values).last<kBitBlockRows>()};
  std::array<std::uint32_t, kBitBlockRows> sums;
  bit_sums(block, table, sums);
  std::array<float, kBitBlockRows> scalar;
  bit_scores(block, table, scoring, scalar, Isa::kScalar);
  for (std::size_t j = 0; j < kBitBlockRows; ++j) {
    const double product = -3.25 + double{0.001F} * sums[j];
    const double expected = double{values[j]} * product + double{values[kBitBlockRows + j]};
    EXPECT_NEAR(scalar[j], expected, 1e-5);
  }
  for (const Isa isa : supported_isas()) {
    std::array<float, kBitBlockRows> scores;
    bit_scores(block, table, scoring, scores, isa);
    EXPECT_EQ(scores, scalar) << isa_name(isa);
  }
}

TEST(BitTable, GivesProductsWithinItsRoundingOnEveryTier) {
  for (const std::size_t dims : {64UL, 384UL, 2048UL}) {
    const std::vector<float> query = test_values(dims, dims);
    const std::vector<std::uint8_t> rows = test_bytes(kBitBlockRows * dims / 8, 6);
    std::vector<std::uint8_t> block(bit_block_bytes(dims));
    pack_bit_block(rows, dims, block);
    std::vector<std::uint8_t> scalar_table(block.size());
    const BitTableScale scale = make_bit_table(query, scalar_table, Isa::kScalar);
    for (const Isa isa : supported_isas()) {
      std::vector<std::uint8_t> table(block.size());
      make_bit_table(query, table, isa);
      EXPECT_EQ(table, scalar_table) << isa_name(isa);
    }
    std::array<std::uint32_t, kBitBlockRows> sums;
    bit_sums(block, scalar_table, sums);
    double squares = 0;
    for (std::size_t r = 0; r < kBitBlockRows; ++r) {
      double expected = 0;
      for (std::size_t d = 0; d < dims; ++d) {
        if (bit_of(rows, dims, r, d)) expected += double{query[d]};
      }
      const double error = double{scale.offset} + double{scale.scale} * sums[r] - expected;
      EXPECT_LE(std::abs(error), double{scale.scale} * static_cast<double>(dims) / 8);
      squares += error * error;
    }
    const double groups = static_cast<double>(dims) / 4;
    EXPECT_LT(squares / kBitBlockRows, 2 * double{scale.scale} * double{scale.scale} * groups / 12);
  }
}

TEST(BitTable, OfZerosAndOfTheSmallestNumbersGivesZero) {
  for (const float value : {0.0F, -0.0F, 1e-45F, -1e-38F}) {
    const std::vector<float> query(64, value);
    for (const Isa isa : supported_isas()) {
      std::vector<std::uint8_t> table(bit_block_bytes(64), 9);
      const BitTableScale scale = make_bit_table(query, table, isa);
      EXPECT_EQ(scale.scale, 0.0F);
      EXPECT_EQ(scale.offset, 0.0F);
      EXPECT_EQ(table, std::vector<std::uint8_t>(table.size()));
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
