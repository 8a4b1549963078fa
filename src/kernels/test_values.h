// Reproducible values for the kernels' tests and benchmarks.
#ifndef SEMEME_KERNELS_TEST_VALUES_H_
#define SEMEME_KERNELS_TEST_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sememe::kernels {

/// `count` values in [-1, 1), the same for the same seed (splitmix64).
inline std::vector<float> test_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  std::uint64_t state = seed * 0x9E3779B97F4A7C15U;
  for (float& value : values) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31;
    value = static_cast<float>(static_cast<std::int64_t>(mixed) >> 40) * 0x1p-23F;
  }
  return values;
}

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_TEST_VALUES_H_
