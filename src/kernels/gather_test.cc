#include "kernels/gather.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/convert.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

constexpr RowType kTypes[] = {RowType::kF32, RowType::kF16, RowType::kBf16, RowType::kI8};

// Random rows of any type behind one byte, so that nothing is aligned.
struct TestTable {
  TestTable(RowType type, std::size_t rows, std::size_t cols) : bytes(1) {
    view = {.data = nullptr, .type = type, .rows = rows, .cols = cols};
    for (const float value : test_values(rows * cols, 7)) append(value);
    bytes.shrink_to_fit();  // a read past the end is seen by the address sanitizer
    view.data = bytes.data() + 1;
  }
  std::vector<std::byte> bytes;
  RowTable view;

  float at(std::size_t row, std::size_t col) const {
    const std::byte* place = view.data + (row * view.cols + col) * row_type_bytes(view.type);
    float value = 0;
    if (view.type == RowType::kF32) std::memcpy(&value, place, 4);
    if (view.type == RowType::kF16) f16_to_f32(place, {&value, 1});
    if (view.type == RowType::kBf16) bf16_to_f32(place, {&value, 1});
    if (view.type == RowType::kI8) value = static_cast<float>(static_cast<signed char>(*place));
    return value;
  }

 private:
  // Half-precision values get random bits below infinity: subnormals, both signs.
  void append(float value) {
    const auto bits = static_cast<std::uint32_t>(std::lrint((value + 1.0F) * 32767.0F));
    std::byte buffer[4];
    std::memcpy(buffer, &value, 4);
    if (view.type == RowType::kF16 || view.type == RowType::kBf16) {
      const std::uint32_t half = (bits & 0x83FFU) | ((bits % 15) << 10);
      buffer[0] = static_cast<std::byte>(half & 255);
      buffer[1] = static_cast<std::byte>(half >> 8);
    }
    if (view.type == RowType::kI8) buffer[0] = static_cast<std::byte>(bits & 255);
    bytes.insert(bytes.end(), buffer, buffer + row_type_bytes(view.type));
  }
};

std::vector<TokenId> some_ids(std::size_t count, std::size_t rows) {
  std::vector<TokenId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(TokenId{static_cast<std::uint32_t>((i * 7919 + i * i) % rows)});
  }
  return ids;
}

class Gather : public testing::TestWithParam<RowType> {};

TEST_P(Gather, MeansAreThoseOfDoubleArithmetic) {
  for (const std::size_t cols : {1U, 7U, 16U, 48U, 100U, 256U, 300U, 384U, 1031U}) {
    const TestTable table(GetParam(), 60, cols);
    for (const std::size_t count : {1U, 2U, 33U, 256U, 700U}) {
      const std::vector<TokenId> ids = some_ids(count, 60);
      for (const bool weighted : {false, true}) {
        std::vector<float> weights = test_values(weighted ? count : 0, 3);
        std::vector<float> out(cols, NAN);
        gather_mean(table.view, ids, weights, out);
        for (std::size_t c = 0; c < cols; ++c) {
          double sum = 0;
          double size = 0;
          for (std::size_t i = 0; i < count; ++i) {
            const double value = double{table.at(static_cast<std::size_t>(ids[i]), c)} *
                                 (weighted ? double{weights[i]} : 1.0);
            sum += value;
            size += std::abs(value);
          }
          ASSERT_NEAR(out[c], sum / double(count), 1e-7 * size / double(count) * 40 + 1e-30)
              << cols << " columns, " << count << " rows, column " << c;
        }
      }
    }
  }
}

TEST_P(Gather, EveryTierGivesTheSameBits) {
  for (const std::size_t cols : {5U, 48U, 130U, 256U, 777U}) {
    const TestTable table(GetParam(), 90, cols);
    for (const std::size_t count : {1U, 40U, 257U, 1000U}) {
      const std::vector<TokenId> ids = some_ids(count, 90);
      for (const bool weighted : {false, true}) {
        const std::vector<float> weights = test_values(weighted ? count : 0, 5);
        std::vector<float> expected(cols);
        gather_mean(table.view, ids, weights, expected, Isa::kScalar);
        for (const Isa isa : supported_isas()) {
          std::vector<float> found(cols, NAN);
          gather_mean(table.view, ids, weights, found, isa);
          ASSERT_EQ(std::memcmp(found.data(), expected.data(), 4 * cols), 0)
              << isa_name(isa) << ", " << cols << " columns, " << count << " rows";
        }
      }
    }
  }
}

TEST_P(Gather, SumsAreMeansTimesTheRows) {
  const TestTable table(GetParam(), 60, 112);
  const std::vector<TokenId> ids = some_ids(64, 60);  // a power of two: times 64 is exact
  const std::vector<float> weights = test_values(64, 3);
  for (const Isa isa : supported_isas()) {
    std::vector<float> sums(112, NAN);
    std::vector<float> means(112, NAN);
    gather_sum(table.view, ids, weights, sums, isa);
    gather_mean(table.view, ids, weights, means, isa);
    for (std::size_t c = 0; c < sums.size(); ++c) EXPECT_EQ(sums[c], 64 * means[c]);
  }
}

TEST_P(Gather, NoRowsGiveZeros) {
  const TestTable table(GetParam(), 3, 20);
  std::vector<float> out(20, NAN);
  gather_mean(table.view, {}, {}, out);
  EXPECT_EQ(out, std::vector<float>(20, 0.0F));
}

INSTANTIATE_TEST_SUITE_P(Types, Gather, testing::ValuesIn(kTypes));

TEST(GatherBytes, SumsOfTheLowestByteDoNotOverflow) {
  const std::vector<std::byte> bytes(96, std::byte{0x80});
  const RowTable table = {.data = bytes.data(), .type = RowType::kI8, .rows = 1, .cols = 96};
  const std::vector<TokenId> ids(1000, TokenId{0});
  for (const Isa isa : supported_isas()) {
    std::vector<float> out(96);
    gather_mean(table, ids, {}, out, isa);
    EXPECT_EQ(out, std::vector<float>(96, -128.0F)) << isa_name(isa);
  }
}

TEST(GatherSpecials, InfinitiesAndNotANumbersStay) {
  const std::uint16_t halves[] = {0x7C00, 0xFC00, 0x7E00, 0x0001};
  std::vector<std::byte> bytes(sizeof(halves) * 8);
  for (std::size_t i = 0; i < 32; ++i) std::memcpy(bytes.data() + 2 * i, &halves[i % 4], 2);
  const RowTable table = {.data = bytes.data(), .type = RowType::kF16, .rows = 1, .cols = 32};
  const TokenId ids[] = {TokenId{0}};
  for (const Isa isa : supported_isas()) {
    std::vector<float> out(32);
    gather_mean(table, ids, {}, out, isa);
    for (std::size_t i = 0; i < 32; i += 4) {
      EXPECT_EQ(out[i], INFINITY);
      EXPECT_EQ(out[i + 1], -INFINITY);
      EXPECT_TRUE(std::isnan(out[i + 2]));
      EXPECT_EQ(out[i + 3], 0x1p-24F);
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
