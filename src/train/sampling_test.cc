#include "train/sampling.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sememe::train {
namespace {

std::vector<std::size_t> places(const DrawList& list, std::size_t indices) {
  std::vector<std::size_t> places(indices);
  for (std::size_t i = 0; i < list.size(); ++i) ++places[*list.from(i)];
  return places;
}

TEST(DrawList, HasPlacesInProportionToTheWeights) {
  const std::vector<double> weights = {5, 0, 1, 10, 0.25, 3.75, 1e-6};
  for (const std::size_t size : {1UL, 7UL, 1000UL, 65537UL}) {
    const DrawList list(weights, size, Random(7));
    ASSERT_EQ(list.size(), size);
    const std::vector<std::size_t> found = places(list, weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double share = weights[i] / 20.000001 * static_cast<double>(size);
      EXPECT_LT(std::abs(static_cast<double>(found[i]) - share), 1) << i << " of " << size;
    }
    EXPECT_EQ(found[1], 0U);
  }
}

// Halves of the list have it too, and what comes next is no matter of what came before.
TEST(DrawList, IsShuffled) {
  const std::vector<double> weights = {1, 1, 2};
  constexpr std::size_t kSize = 40000;
  const DrawList list(weights, kSize, Random(3));
  double twos = 0;
  double twos_behind_twos = 0;
  for (std::size_t i = 0; i < kSize / 2; ++i) {
    if (*list.from(i) != 2) continue;
    twos += 1;
    twos_behind_twos += list.from(i)[1] == 2 ? 1 : 0;
  }
  EXPECT_NEAR(twos, kSize / 4.0, 5 * std::sqrt(kSize / 8.0));
  EXPECT_NEAR(twos_behind_twos, kSize / 8.0, 5 * std::sqrt(kSize / 16.0));
}

TEST(DrawList, GoesOnWithTheFirstBehindTheLast) {
  const std::vector<double> weights = {1, 2, 3};
  for (const std::size_t size : {5UL, 1000UL}) {
    const DrawList list(weights, size, Random(3));
    for (std::size_t at = 0; at < size; ++at) {
      for (std::size_t k = 0; k < DrawList::kMostAtOnce; ++k) {
        ASSERT_EQ(list.from(at)[k], *list.from((at + k) % size));
      }
    }
  }
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
