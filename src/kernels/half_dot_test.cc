#include "kernels/half_dot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/convert.h"
#include "kernels/half.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

TEST(HalfDot, IsThatOfTheHalvesInTheSameBitsOnEveryTier) {
  for (const std::size_t n : {0UL, 32UL, 96UL, 384UL, 4096UL}) {
    const std::vector<float> query = test_values(n, 1);
    std::vector<std::uint16_t> rows;
    for (const float value : test_values(7 * n, 2)) rows.push_back(f32_to_f16(value));
    for (std::size_t i = 0; i < rows.size(); i += 37)
      rows[i] = static_cast<std::uint16_t>(i % 1024);
    rows.shrink_to_fit();
    std::vector<float> scalar(7);
    half_dot_rows(query, rows.data(), scalar, Isa::kScalar);
    for (std::size_t r = 0; r < 7; ++r) {
      std::vector<float> row(n);
      f16_to_f32(reinterpret_cast<const std::byte*>(rows.data() + r * n), row);
      double expected = 0;
      double scale = 0;
      for (std::size_t i = 0; i < n; ++i) {
        expected += double{query[i]} * double{row[i]};
        scale += std::abs(double{query[i]} * double{row[i]});
      }
      EXPECT_NEAR(scalar[r], expected, 1e-6 * scale);
    }
    for (const Isa isa : supported_isas()) {
      for (const std::size_t count : {1UL, 3UL, 7UL}) {
        std::vector<float> out(count);
        half_dot_rows(query, rows.data(), out, isa);
        for (std::size_t r = 0; r < count; ++r) EXPECT_EQ(out[r], scalar[r]) << isa_name(isa);
      }
    }
  }
}

TEST(WidenHalves, IsTheConversionOfEveryHalf) {
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  std::vector<float> expected(halves.size());
  f16_to_f32(reinterpret_cast<const std::byte*>(halves.data()), expected);
  for (const Isa isa : supported_isas()) {
    std::vector<float> out(halves.size());
    widen_halves(halves.data(), out, isa);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (std::isnan(expected[i])) {
        ASSERT_TRUE(std::isnan(out[i])) << isa_name(isa) << ' ' << i;
      } else {
        ASSERT_EQ(out[i], expected[i]) << isa_name(isa) << ' ' << i;
      }
    }
  }
}

TEST(HalfDot, PassesNanAndInfinityOn) {
  const std::vector<float> query(32, 1.0F);
  for (const Isa isa : supported_isas()) {
    std::vector<std::uint16_t> row(32, 0x3C00);
    float out = 0;
    row[3] = 0x7C00;
    half_dot_rows(query, row.data(), {&out, 1}, isa);
    EXPECT_EQ(out, INFINITY);
    row[20] = 0xFC00;
    half_dot_rows(query, row.data(), {&out, 1}, isa);
    EXPECT_TRUE(std::isnan(out));
  }
}

}  // namespace
}  // namespace sememe::kernels
