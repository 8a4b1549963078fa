#include "kernels/set_bits.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace sememe::kernels {
namespace {

TEST(SetBits, AreListedInOrderOnEveryTier) {
  Random random(1);
  for (const float share : {0.0F, 0.01F, 0.03F, 0.1F, 1.0F}) {
    for (const std::size_t count : {0UL, 1UL, 2UL, 70UL}) {
      std::vector<std::uint64_t> words(count, 0);
      std::vector<std::uint32_t> expected;
      for (std::uint32_t b = 0; b < 64 * count; ++b) {
        if (random.uniform() >= share) continue;
        words[b / 64] |= std::uint64_t{1} << (b % 64);
        expected.push_back(b);
      }
      for (const Isa isa : supported_isas()) {
        std::vector<std::uint32_t> places(expected.size() + kBitsRoom);
        list_set_bits(words, places, isa);
        places.resize(expected.size());
        EXPECT_EQ(places, expected) << isa_name(isa) << ' ' << share << ' ' << count;
      }
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
