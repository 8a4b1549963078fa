#include "train/pair_counts.h"

#include <gtest/gtest.h>

#include <map>

#include "train/sampling.h"

namespace sememe::train {
namespace {

using Key = std::pair<std::uint32_t, std::uint32_t>;

TEST(PairCounts, AgreesWithAMap) {
  PairCounts counts(std::size_t{1} << 30);
  std::map<Key, std::uint64_t> expected;
  Random random(3);
  for (int i = 0; i < 200000; ++i) {
    const Key key(random.below(1 + random.below(600)), random.below(1 + random.below(600)));
    counts.add(key.first, key.second);
    ++expected[key];
  }
  EXPECT_EQ(counts.distinct(), expected.size());
  EXPECT_EQ(counts.forgotten_up_to(), 0);
  EXPECT_EQ(counts.count(600, 600), 0);
  const std::vector<PairCounts::Pair> pairs = counts.select(3);
  std::size_t i = 0;
  for (const auto& [key, count] : expected) {
    ASSERT_EQ(counts.count(key.first, key.second), count);
    if (count < 3) continue;
    ASSERT_LT(i, pairs.size());
    EXPECT_EQ(Key(pairs[i].first, pairs[i].second), key);
    EXPECT_EQ(pairs[i].count, count);
    ++i;
  }
  EXPECT_EQ(i, pairs.size());
  EXPECT_EQ(counts.number(3).size(), pairs.size());
  for (std::size_t place = 0; place < pairs.size(); ++place) {
    EXPECT_EQ(counts.count(pairs[place].first, pairs[place].second), place + 1);
  }
  for (const auto& [key, count] : expected) {
    if (count < 3) {
      EXPECT_EQ(counts.count(key.first, key.second), 0);
    }
  }
}

// 100,000 slots of 16 bytes would be needed; a third of that is there.
TEST(PairCounts, ForgetsRarePairsForWantOfMemory) {
  PairCounts counts(std::size_t{1} << 20);
  for (std::uint32_t i = 0; i < 100000; ++i) {
    counts.add(i, i + 1);
    counts.add(7, 0xFFFFFFFE);
    counts.add(0xFFFFFFFE, 7);
  }
  EXPECT_GE(counts.forgotten_up_to(), 1);
  EXPECT_LT(counts.forgotten_up_to(), 10);
  EXPECT_LT(counts.distinct(), 50000);
  EXPECT_EQ(counts.count(7, 0xFFFFFFFE), 100000);
  EXPECT_EQ(counts.count(0xFFFFFFFE, 7), 100000);
}

}  // namespace
}  // namespace sememe::train
