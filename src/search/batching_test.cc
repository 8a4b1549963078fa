#include "search/batching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace sememe {
namespace {

TEST(Batching, EveryTextStandsInOneBatchWithinTheBudget) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 500; ++i) lengths.push_back(2 + i * 37 % 255);
  const auto batches = plan_batches(lengths, 1000);
  std::vector<std::size_t> seen;
  for (const auto& batch : batches) {
    std::size_t tokens = 0;
    for (const std::size_t i : batch) tokens += lengths[i];
    EXPECT_LE(tokens, 1000U);
    seen.insert(seen.end(), batch.begin(), batch.end());
  }
  std::ranges::sort(seen);
  std::vector<std::size_t> all(lengths.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  EXPECT_EQ(seen, all);
}

TEST(Batching, LongestTextsComeFirst) {
  const std::vector<std::size_t> lengths = {3, 9, 5};
  EXPECT_EQ(plan_batches(lengths, 1), (std::vector<std::vector<std::size_t>>{{1}, {2}, {0}}));
  EXPECT_EQ(plan_batches(lengths, 14), (std::vector<std::vector<std::size_t>>{{1, 2}, {0}}));
}

TEST(Batching, TheBudgetSharesOutWhatThereIs) {
  const std::vector<std::size_t> lengths(32, 32);
  EXPECT_EQ(batch_budget(lengths, 1), 1024U);
  EXPECT_EQ(batch_budget(lengths, 2), 512U);
  EXPECT_EQ(plan_batches(lengths, batch_budget(lengths, 2)).size(), 2U);
  EXPECT_EQ(batch_budget(lengths, 64), 256U) << "smaller batches would cost speed";
  EXPECT_EQ(batch_budget(std::vector<std::size_t>(1000, 100), 1), 2048U);
  EXPECT_GT(batch_budget({}, 4), 0U);
}

TEST(Batching, NothingGivesNoBatch) { EXPECT_TRUE(plan_batches({}, 10).empty()); }

}  // namespace
}  // namespace sememe
