#include "base/memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace sememe {
namespace {

constexpr std::size_t kLarge = std::size_t{64} << 20;

TEST(Memory, PeakRemembersWhatWasHeldUntilItIsReset) {
  const std::uint64_t before = memory_use().resident;
  ASSERT_GT(before, 0U);
  {
    const std::vector<char> held(kLarge, 'x');
  }
  EXPECT_GE(memory_use().peak, before + kLarge / 2);
  if (!reset_peak_memory()) GTEST_SKIP() << "the system does not reset the peak";
  const MemoryUse after = memory_use();
  EXPECT_GE(after.peak, after.resident / 2);
}

TEST(Memory, HugePagesAreAskedForOnlyWhereTheyFit) {
  std::vector<char> held;
  held.reserve(kLarge);
  advise_huge_pages(held.data(), kLarge);
  advise_huge_pages(held.data() + 1, 100);
  advise_huge_pages(nullptr, 0);
  held.resize(kLarge);
  EXPECT_EQ(held[kLarge - 1], 0);
}

}  // namespace
}  // namespace sememe
