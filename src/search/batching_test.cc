#include "search/batching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace sememe {
namespace {

std::vector<std::size_t> tokens_of(std::span<const std::size_t> lengths, std::size_t threads) {
  std::vector<std::size_t> tokens;
  for (const auto& batch : plan_batches(lengths, threads)) {
    tokens.push_back(0);
    for (const std::size_t i : batch) tokens.back() += lengths[i];
  }
  return tokens;
}

TEST(Batching, EveryTextStandsInOneBatch) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 500; ++i) lengths.push_back(2 + i * 37 % 255);
  for (const std::size_t threads : {1, 2, 3, 64}) {
    std::vector<std::size_t> seen;
    for (const auto& batch : plan_batches(lengths, threads)) {
      EXPECT_FALSE(batch.empty());
      seen.insert(seen.end(), batch.begin(), batch.end());
    }
    std::ranges::sort(seen);
    std::vector<std::size_t> all(lengths.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    EXPECT_EQ(seen, all);
  }
}

TEST(Batching, LongestTextsComeFirst) {
  const std::vector<std::size_t> lengths = {300, 900, 500};
  EXPECT_EQ(plan_batches(lengths, 3), (std::vector<std::vector<std::size_t>>{{1}, {2}, {0}}));
  EXPECT_EQ(plan_batches(std::vector<std::size_t>{3, 9, 5}, 4),
            (std::vector<std::vector<std::size_t>>{{1, 2, 0}}));
}

TEST(Batching, ThreadsGetAsMuchAsTheOthers) {
  const std::vector<std::size_t> uniform(80, 64);
  EXPECT_EQ(tokens_of(uniform, 2), (std::vector<std::size_t>{832, 832, 896, 832, 896, 832}));
  EXPECT_EQ(tokens_of(std::vector<std::size_t>(32, 32), 2), (std::vector<std::size_t>{512, 512}));
  EXPECT_EQ(tokens_of(std::vector<std::size_t>(8, 512), 2),
            (std::vector<std::size_t>{1024, 1024, 1024, 1024}));
  EXPECT_EQ(tokens_of(std::vector<std::size_t>(32, 32), 64).size(), 4U)
      << "smaller batches would cost speed";
  std::vector<std::size_t> mixed;
  for (std::size_t i = 0; i < 200; ++i) mixed.push_back(5 + i * 31 % 220);
  const std::vector<std::size_t> tokens = tokens_of(mixed, 2);
  EXPECT_EQ(tokens.size() % 2, 0U);
  const auto [least, most] = std::ranges::minmax(tokens);
  EXPECT_LE(most, 1024U + 224U);
  EXPECT_LE(most - least, 2 * 224U);
}

TEST(Batching, NothingGivesNoBatch) { EXPECT_TRUE(plan_batches({}, 2).empty()); }

}  // namespace
}  // namespace sememe
