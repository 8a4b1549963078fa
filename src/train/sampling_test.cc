#include "train/sampling.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sememe::train {
namespace {

TEST(AliasTable, DrawsInProportionToTheWeights) {
  const std::vector<double> weights = {5, 0, 1, 10, 0.25, 3.75};
  const AliasTable table(weights);
  Random random(7);
  constexpr std::size_t kDraws = 400000;
  std::vector<double> seen(weights.size());
  for (std::size_t i = 0; i < kDraws; ++i) seen[table.draw(random)] += 1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double p = weights[i] / 20;
    // Five standard deviations.
    const double bound = 5 * std::sqrt(p * (1 - p) * kDraws) + 1e-9;
    EXPECT_NEAR(seen[i], p * kDraws, bound) << i;
  }
}

TEST(AliasTable, OfOneEntryDrawsIt) {
  const std::vector<double> weights = {0.5};
  const AliasTable table(weights);
  Random random(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(table.draw(random), 0U);
}

TEST(Random, StreamsAreRepeatableAndDiffer) {
  Random a(3, 5);
  Random b(3, 5);
  Random other_stream(3, 6);
  Random other_seed(4, 5);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, other_stream.next());
  EXPECT_NE(first, other_seed.next());
}

TEST(Random, BelowIsEvenAndInRange) {
  Random random(9);
  std::vector<double> seen(7);
  for (int i = 0; i < 70000; ++i) {
    const std::uint32_t value = random.below(7);
    ASSERT_LT(value, 7U);
    seen[value] += 1;
  }
  for (const double count : seen) EXPECT_NEAR(count, 10000, 500);
  for (int i = 0; i < 1000; ++i) {
    const float value = random.uniform();
    ASSERT_GE(value, 0.0F);
    ASSERT_LT(value, 1.0F);
  }
}

// word2vec.c: (sqrt(count / (sample total)) + 1) (sample total) / count.
TEST(KeepChances, AreWord2Vecs) {
  const std::vector<std::uint64_t> counts = {1000000, 10000, 100, 1};
  const double total = 1010101;
  const double sample = 1e-4;
  const std::vector<std::uint32_t> chances = keep_chances(counts, sample);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = static_cast<double>(counts[i]);
    const double expected =
        std::min(1.0, (std::sqrt(count / (sample * total)) + 1) * (sample * total) / count);
    EXPECT_NEAR(chances[i] / 4294967296.0, expected, 1e-9);
  }
  EXPECT_EQ(keep_chances(counts, 0)[0], 0xFFFFFFFFU);
}

}  // namespace
}  // namespace sememe::train
