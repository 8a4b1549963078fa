#include "kernels/convert.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace sememe::kernels {
namespace {

// Straight from IEEE 754: sign, 5 bits of exponent, 10 bits of fraction.
double half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : NAN;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(F16ToF32, IsExactForAllBitPatternsAtAnUnalignedAddress) {
  std::vector<std::byte> bytes(2 * 65536 + 1);
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const auto half = static_cast<std::uint16_t>(i);
    std::memcpy(bytes.data() + 1 + std::size_t{2} * i, &half, 2);
  }
  std::vector<float> out(65536);
  f16_to_f32(bytes.data() + 1, out);
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const double expected = half_value(static_cast<std::uint16_t>(i));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(out[i])) << i;
    } else {
      ASSERT_EQ(double{out[i]}, expected) << i;
      ASSERT_EQ(std::signbit(out[i]), (i & 0x8000) != 0) << i;
    }
  }
}

TEST(Bf16ToF32, IsTheUpperHalfOfAnF32) {
  for (const float value : {1.0F, -2.5F, 0.0F, 1e30F, -1e-38F, HUGE_VALF}) {
    const std::uint32_t upper = std::bit_cast<std::uint32_t>(value) >> 16;
    const auto half = static_cast<std::uint16_t>(upper);
    std::byte bytes[2];
    std::memcpy(bytes, &half, 2);
    float out = 0;
    bf16_to_f32(bytes, {&out, 1});
    EXPECT_EQ(std::bit_cast<std::uint32_t>(out), upper << 16);
  }
}

}  // namespace
}  // namespace sememe::kernels
