#include "kernels/above.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::size_t plain(std::span<const float> scores, std::span<const float> thresholds) {
  std::size_t i = 0;
  while (i < scores.size() && !(scores[i] > thresholds[i])) ++i;
  return i;
}

TEST(FirstAbove, FindsAScoreAtEveryPlaceOfEveryLength) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 0; n <= 67; ++n) {
      for (std::size_t place = 0; place <= n; ++place) {
        std::vector<float> scores(n, 0.5F);
        if (place < n) scores[place] = 0.75F;
        if (place + 2 < n) scores[place + 2] = 0.8F;
        EXPECT_EQ(first_above(scores, 0.5F, isa), place) << isa_name(isa) << " of " << n;
        EXPECT_EQ(first_above(scores, std::vector<float>(n, 0.5F), isa), place) << isa_name(isa);
      }
    }
  }
}

TEST(FirstAbove, HasAThresholdForEachScore) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<float> scores = test_values(50, seed);
    std::vector<float> thresholds = test_values(50, seed + 1000);
    for (float& value : thresholds) value += 0.8F;
    for (const Isa isa : supported_isas()) {
      EXPECT_EQ(first_above(scores, thresholds, isa), plain(scores, thresholds)) << isa_name(isa);
    }
  }
}

TEST(FirstAbove, HasNanAboveNothingAndNothingAboveNan) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t place = 0; place < 37; ++place) {
      std::vector<float> scores(37, -kInfinity);
      scores[place] = kNan;
      EXPECT_EQ(first_above(scores, -kInfinity, isa), 37U) << isa_name(isa);
      EXPECT_EQ(first_above(scores, kNan, isa), 37U) << isa_name(isa);
      scores[place] = -1;
      EXPECT_EQ(first_above(scores, -kInfinity, isa), place) << isa_name(isa);
      std::vector<float> thresholds(37, -kInfinity);
      thresholds[place] = kNan;
      EXPECT_EQ(first_above(scores, thresholds, isa), 37U) << isa_name(isa);
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
