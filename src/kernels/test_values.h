// Reproducible values for the kernels' tests and benchmarks, and the bounds that f32 results of
// each tier are held to.
#ifndef SEMEME_KERNELS_TEST_VALUES_H_
#define SEMEME_KERNELS_TEST_VALUES_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/cpu.h"

namespace sememe::kernels {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

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

/// The most that a product of depth k of values in [-1, 1) may be off. A chain of f32 additions, or
/// on AMX k independent errors of up to 2^-17 each.
inline double product_bound(Isa isa, std::size_t k) {
  const double depth = static_cast<double>(k);
  return isa == Isa::kAmx ? 3e-6 + 7e-6 * std::sqrt(depth) : 3e-6 + 5e-8 * depth;
}

/// The most that attention may be off, for queries, keys and values in [-spread, spread). On AMX
/// the error of a score, a product of two of them, becomes a relative one of probabilities.
inline double attention_bound(Isa isa, double spread) {
  return isa == Isa::kAmx ? 6e-6 * spread * spread * spread : 3e-6 * spread;
}

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_TEST_VALUES_H_
