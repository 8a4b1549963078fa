#include "kernels/bit_rows.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

TEST(BitRows, EstimatesAreTheFormulaInTheSameBitsOnEveryTier) {
  for (const std::size_t dims : {64UL, 128UL, 384UL, 1088UL}) {
    const std::size_t stride = dims / 8 + 8 + 3;  // rows at any address
    std::vector<std::uint8_t> rows;
    for (const float v : test_values(37 * stride, 1)) {
      rows.push_back(static_cast<std::uint8_t>((v + 1.0F) * 128.0F));
    }
    const std::vector<float> numbers = test_values(2 * 37, 2);
    for (std::size_t r = 0; r < 37; ++r) {
      std::memcpy(rows.data() + r * stride + dims / 8, &numbers[2 * r], 8);
    }
    std::vector<std::int8_t> code;
    for (const float v : test_values(dims, 3)) {
      code.push_back(static_cast<std::int8_t>(v * 127.0F));
    }
    const BitRowQuery query = {.code = code, .scale = 0.01F, .offset = -0.5F};
    for (const std::size_t count : {0UL, 1UL, 15UL, 64UL, 100UL}) {
      std::vector<std::uint32_t> ids;
      for (std::uint32_t i = 0; i < count; ++i) ids.push_back((i * 7 + i * i) % 37);
      const BitRows view = {.data = rows.data(), .stride = stride};
      std::vector<float> expected(count);
      estimate_bit_rows(query, view, ids, expected, Isa::kScalar);
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t* row = rows.data() + ids[i] * stride;
        int sum = 0;
        for (std::size_t d = 0; d < dims; ++d) {
          if ((row[d / 8] >> (d % 8) & 1) != 0) sum += code[d];
        }
        const double product = -0.5 + 0.01 * sum;
        const double exact =
            double{numbers[2 * ids[i] + 1]} * product - double{numbers[2 * ids[i]]};
        EXPECT_NEAR(expected[i], exact, 1e-4) << dims << ' ' << i;
      }
      for (const Isa isa : supported_isas()) {
        std::vector<float> estimates(count);
        estimate_bit_rows(query, view, ids, estimates, isa);
        EXPECT_EQ(estimates, expected) << isa_name(isa) << ' ' << dims;
      }
    }
  }
}

TEST(BitRows, HoldTheLargestSums) {
  const std::size_t dims = 65536;
  const std::vector<std::int8_t> code(dims, -128);
  std::vector<std::uint8_t> row(dims / 8 + 8, 0xFF);
  const std::vector<float> numbers = {0.0F, -1.0F};
  std::memcpy(row.data() + dims / 8, numbers.data(), 8);
  const std::uint32_t id = 0;
  for (const Isa isa : supported_isas()) {
    float estimate = 0;
    estimate_bit_rows({.code = code, .scale = 1, .offset = 0}, {.data = row.data(), .stride = 0},
                      {&id, 1}, {&estimate, 1}, isa);
    EXPECT_EQ(estimate, 65536.0F * 128.0F) << isa_name(isa);
  }
}

}  // namespace
}  // namespace sememe::kernels
