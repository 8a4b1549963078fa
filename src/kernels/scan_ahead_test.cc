#include "kernels/scan_ahead.h"

#include <gtest/gtest.h>

namespace sememe::kernels {
namespace {

TEST(ScanAhead, AsksForNothingBehindTheLastRow) {
  for (const std::size_t distance : {64UL, 1000UL, 6144UL}) {
    for (const std::size_t bytes : {48UL, 384UL, 1792UL, 6400UL, 6144UL}) {
      for (const std::size_t count : {0UL, 1UL, 2UL, 7UL, 200UL}) {
        const std::size_t askers = ScanAhead(count, bytes, distance).askers();
        // The last that asks does so for what is there, and the next would not.
        if (askers > 0) {
          EXPECT_LE(askers * bytes + distance, count * bytes);
        }
        if (askers < count) {
          EXPECT_GT((askers + 2) * bytes + distance, count * bytes);
        }
      }
    }
  }
}

TEST(ScanAhead, AsksForNothingWithoutADistance) { EXPECT_EQ(ScanAhead(1000, 384, 0).askers(), 0U); }

}  // namespace
}  // namespace sememe::kernels
