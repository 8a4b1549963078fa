// Random draws of training: from a distribution, and the chance to keep a frequent word.
#ifndef SEMEME_TRAIN_SAMPLING_H_
#define SEMEME_TRAIN_SAMPLING_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace sememe::train {

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
