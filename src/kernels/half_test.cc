#include "kernels/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/convert.h"

namespace sememe::kernels {
namespace {

float widen(std::uint32_t half) {
  const std::byte bits[2] = {static_cast<std::byte>(half & 255), static_cast<std::byte>(half >> 8)};
  float value = 0;
  f16_to_f32(bits, {&value, 1});
  return value;
}

TEST(Half, EveryHalfComesBack) {
  for (std::uint32_t half = 0; half < 65536; ++half) {
    const float value = widen(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(widen(f32_to_f16(value))));
    } else {
      ASSERT_EQ(f32_to_f16(value), half);
    }
  }
}

TEST(Half, ValuesBetweenGoToTheNearestAndTiesToEven) {
  for (std::uint32_t half = 0; half < 0x7BFF; ++half) {
    const double low = widen(half);
    const double high = widen(half + 1);
    const auto middle = static_cast<float>((low + high) / 2);
    ASSERT_EQ(f32_to_f16(middle), half % 2 == 0 ? half : half + 1);
    ASSERT_EQ(f32_to_f16(std::nextafter(middle, 0.0F)), half);
    ASSERT_EQ(f32_to_f16(std::nextafter(middle, 1e9F)), half + 1);
    ASSERT_EQ(f32_to_f16(-std::nextafter(middle, 0.0F)), half | 0x8000U);
  }
}

TEST(Half, LargeValuesBecomeInfinite) {
  EXPECT_EQ(f32_to_f16(65519.9F), 0x7BFF);
  EXPECT_EQ(f32_to_f16(65520.0F), 0x7C00);
  EXPECT_EQ(f32_to_f16(-std::numeric_limits<float>::max()), 0xFC00);
}

}  // namespace
}  // namespace sememe::kernels
