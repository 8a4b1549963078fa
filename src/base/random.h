// A random generator that can be started anywhere.
#ifndef SEMEME_BASE_RANDOM_H_
#define SEMEME_BASE_RANDOM_H_

#include <cstdint>

namespace sememe {

/// SplitMix64 (Steele, Lea and Flood 2014): a counter and a mixing function, so a stream begins
/// wherever its seed says, and draws do not wait for each other.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// A stream of its own for each (seed, stream) pair.
  Random(std::uint64_t seed, std::uint64_t stream)
      : state_(mix(seed + kStep) ^ mix(stream * 0xD1342543DE82EF95U + kStep)) {}

  std::uint64_t next() { return mix(state_ += kStep); }
  /// In [0, bound), bound < 2^32; off by at most bound / 2^32 from even.
  std::uint32_t below(std::uint32_t bound) {
    return scaled(static_cast<std::uint32_t>(next()), bound);
  }
  /// In [0, 1).
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }

  static std::uint32_t scaled(std::uint32_t random, std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{random} * bound) >> 32);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
  }

  std::uint64_t state_;
};

}  // namespace sememe

#endif  // SEMEME_BASE_RANDOM_H_
