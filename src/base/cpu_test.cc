#include "base/cpu.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sememe {
namespace {

TEST(Cpu, ScalarIsAlwaysThereAndTiersAscend) {
  const auto& isas = supported_isas();
  ASSERT_FALSE(isas.empty());
  EXPECT_EQ(isas.front(), Isa::kScalar);
  EXPECT_TRUE(std::ranges::is_sorted(isas));
}

TEST(Cpu, ActiveTierIsSupported) {
  const auto& isas = supported_isas();
  EXPECT_NE(std::ranges::find(isas, active_isa()), isas.end());
}

TEST(Cpu, ThereIsAtLeastOneThread) { EXPECT_GE(available_threads(), 1U); }

}  // namespace
}  // namespace sememe
