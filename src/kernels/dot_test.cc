#include "kernels/dot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

double exact_dot(std::span<const float> a, std::span<const float> b, double& scale) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += double{a[i]} * double{b[i]};
    scale += std::abs(double{a[i]} * double{b[i]});
  }
  return sum;
}

TEST(Dot, MatchesDoubleForEveryLengthOffsetAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 0; n <= 67; ++n) {
      for (std::size_t offset = 0; offset < 3; ++offset) {
        const std::vector<float> a = test_values(n + offset, 1 + n);
        const std::vector<float> b = test_values(n + offset, 1000 + n);
        const std::span<const float> x = std::span(a).subspan(offset);
        const std::span<const float> y = std::span(b).subspan(offset);
        double scale = 0;
        const double expected = exact_dot(x, y, scale);
        EXPECT_NEAR(dot(x, y, isa), expected, 1e-6 * scale) << isa_name(isa) << " n=" << n;
      }
    }
  }
}

TEST(Dot, StaysWithinItsBoundForLongVectors) {
  const std::vector<float> a = test_values(4096, 5);
  const std::vector<float> b = test_values(4096, 6);
  double scale = 0;
  const double expected = exact_dot(a, b, scale);
  for (const Isa isa : supported_isas()) {
    EXPECT_NEAR(dot(a, b, isa), expected, 1e-6 * scale) << isa_name(isa);
  }
}

TEST(Dot, PassesNanAndInfinityOn) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const Isa isa : supported_isas()) {
    for (std::size_t place = 0; place < 37; ++place) {
      std::vector<float> a(37, 1.0F);
      const std::vector<float> ones(37, 1.0F);
      a[place] = inf;
      EXPECT_EQ(dot(a, ones, isa), inf);
      a[place] = std::numeric_limits<float>::quiet_NaN();
      EXPECT_TRUE(std::isnan(dot(a, ones, isa)));
    }
  }
}

TEST(DotRows, GivesEachRowTheBitsOfDotWhateverTheRowCount) {
  for (const Isa isa : supported_isas()) {
    for (const std::size_t n : {1UL, 7UL, 16UL, 48UL, 67UL, 384UL}) {
      const std::vector<float> query = test_values(n, 7);
      const std::vector<float> rows = test_values(n * 11, 8);
      for (std::size_t count = 0; count <= 11; ++count) {
        std::vector<float> out(count);
        dot_rows(query, rows.data(), count, out, isa);
        for (std::size_t r = 0; r < count; ++r) {
          EXPECT_EQ(out[r], dot(query, std::span(rows).subspan(r * n, n), isa))
              << isa_name(isa) << " n=" << n << " row=" << r << " of " << count;
        }
      }
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
