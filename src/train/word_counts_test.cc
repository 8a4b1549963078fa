#include "train/word_counts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "train/sampling.h"

namespace sememe::train {
namespace {

TEST(WordCounts, AgreesWithAMap) {
  WordCounts counts;
  std::map<std::string, std::uint64_t> expected;
  std::map<std::string, std::uint32_t> numbers;
  Random random(1);
  for (int i = 0; i < 300000; ++i) {
    const std::string word = "w" + std::to_string(random.below(1 + random.below(200000)));
    ++expected[word];
    const std::uint32_t number = counts.add(word);
    const auto [at, fresh] = numbers.emplace(word, number);
    ASSERT_EQ(at->second, number);
    if (fresh) {
      ASSERT_EQ(number, numbers.size() - 1);
    }
  }
  EXPECT_EQ(counts.distinct(), expected.size());
  EXPECT_EQ(counts.find("w").number, kNoWord);
  for (const auto& [word, count] : expected) {
    ASSERT_EQ(counts.find(word).count, count);
    ASSERT_EQ(counts.find(word).number, numbers.at(word));
  }
  const WordCounts::Selection all = counts.select(1, 0);
  ASSERT_EQ(all.vocabulary.size(), expected.size());
  for (std::size_t id = 0; id < all.vocabulary.size(); ++id) {
    const std::string word(all.vocabulary.word(id));
    ASSERT_EQ(all.vocabulary.counts()[id], expected.at(word));
    ASSERT_EQ(all.ids[numbers.at(word)], id);
    if (id == 0) continue;
    const std::uint64_t before = all.vocabulary.counts()[id - 1];
    ASSERT_GE(before, all.vocabulary.counts()[id]);
    if (before == all.vocabulary.counts()[id]) {
      ASSERT_LT(all.vocabulary.word(id - 1), all.vocabulary.word(id));
    }
  }
  EXPECT_EQ(all.vocabulary.total(), 300000U);
}

TEST(WordCounts, SelectsByCountAndNumber) {
  WordCounts counts;
  for (const auto& [word, times] :
       std::map<std::string, int>{{"a", 3}, {"b", 5}, {"c", 1}, {"d", 3}}) {
    for (int i = 0; i < times; ++i) counts.add(word);
  }
  const WordCounts::Selection frequent = counts.select(3, 0);
  ASSERT_EQ(frequent.vocabulary.size(), 3U);
  EXPECT_EQ(frequent.vocabulary.word(0), "b");
  EXPECT_EQ(frequent.vocabulary.word(1), "a");
  EXPECT_EQ(frequent.vocabulary.word(2), "d");
  EXPECT_EQ(frequent.ids[2], kNoWord);  // c
  EXPECT_EQ(counts.select(1, 2).vocabulary.size(), 2U);
  EXPECT_EQ(counts.select(9, 0).vocabulary.size(), 0U);
}

// Frequent words survive with their counts while a stream of rare ones passes through little
// memory.
TEST(WordCounts, ForgetsRareWordsWhenMemoryIsShort) {
  WordCounts counts(std::size_t{4} << 20);
  for (std::size_t i = 0; i < 1000000; ++i) {
    counts.add("rare" + std::to_string(i));
    if (i % 10 == 0) counts.add("frequent" + std::to_string(i / 10 % 100));
  }
  EXPECT_GT(counts.forgotten_up_to(), 0U);
  EXPECT_LT(counts.distinct(), 200000U);
  const WordCounts::Selection selection = counts.select(500, 0);
  ASSERT_EQ(selection.vocabulary.size(), 100U);
  for (const std::uint64_t count : selection.vocabulary.counts()) EXPECT_EQ(count, 1000U);
}

}  // namespace
}  // namespace sememe::train
