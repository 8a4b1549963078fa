// Random draws of training: a generator that can be restarted anywhere, draws from a distribution,
// and the chance to keep a frequent word.
#ifndef SEMEME_TRAIN_SAMPLING_H_
#define SEMEME_TRAIN_SAMPLING_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sememe::train {

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

/// Draws of i in proportion to weights[i], made once and gone through one after the other, from any
/// place: one number of four bytes a draw, from memory that comes in order (as fastText does it).
/// Walker's alias method, which has a random number and a look-up for each, makes skip-gram 5 to 10
/// percent slower.
///
/// Every index has as many places as its share of them, rounded up or down, so rare ones are not
/// left to chance.
class DrawList {
 public:
  /// The most that take() gives at a time.
  static constexpr std::size_t kMostAtOnce = 64;

  DrawList() = default;
  /// weights: finite, none negative, their sum above zero; fewer than 2^32 of them. size: how many
  /// draws until they repeat, below 2^32.
  DrawList(std::span<const double> weights, std::size_t size, Random random);

  std::size_t size() const { return size_; }
  /// The draws from place `at` < size() on: kMostAtOnce or more of them.
  const std::uint32_t* from(std::size_t at) const { return &draws_[at]; }

 private:
  std::size_t size_ = 0;
  std::vector<std::uint32_t> draws_;  // the first ones again behind the last
};

/// For each word the chance to be kept, in 2^-32: of a share f of all words
/// min(1, (sqrt(f / sample) + 1) sample / f), as word2vec.c has it. sample 0 keeps all.
std::vector<std::uint32_t> keep_chances(std::span<const std::uint64_t> counts, double sample);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_SAMPLING_H_
