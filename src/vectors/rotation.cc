#include "vectors/rotation.h"

#include <algorithm>
#include <bit>
#include <random>

#include "base/error_context.h"
#include "kernels/hadamard.h"

namespace sememe::vectors {
namespace {

// Of a transform over the first coordinates, one over the last, and the mix of the halves, each
// behind random signs of its own. Of a unit vector's square length, 64 coordinates of 384 or 960
// have 0.64 to 1.52 times their share after one round, 0.98 to 1.04 after two. Eight transforms
// without the mix leave 0.55 to 1.41 for 960, whose windows share 64 coordinates.
constexpr std::size_t kRounds = 2;
constexpr std::size_t kSteps = 3;

}  // namespace

Rotation::Rotation(std::size_t dims, std::uint64_t seed)
    : dims_(dims),
      rotated_dims_(rotated_dims_of(dims)),
      window_(std::bit_floor(rotated_dims_)),
      signs_(kRounds * kSteps * rotated_dims_) {
  SEMEME_CHECK(dims > 0);
  std::mt19937_64 random(seed);  // the standard says which numbers it gives
  for (std::size_t i = 0; i < signs_.size(); i += 64) {
    const std::uint64_t bits = random();
    for (std::size_t b = 0; b < 64; ++b) signs_[i + b] = (bits >> b) % 2 == 1 ? -1.0F : 1.0F;
  }
}

void Rotation::rotate(std::span<const float> in, std::span<float> out) const {
  SEMEME_CHECK(in.size() == dims_ && out.size() == rotated_dims_);
  std::ranges::fill(std::ranges::copy(in, out.begin()).out, out.end(), 0.0F);
  const std::span<const float> signs = signs_;
  for (std::size_t step = 0; step < kRounds * kSteps; step += kSteps) {
    kernels::hadamard(out.first(window_), signs.subspan(step * rotated_dims_, window_));
    kernels::hadamard(out.last(window_), signs.subspan((step + 1) * rotated_dims_, window_));
    if (window_ == rotated_dims_) continue;
    kernels::mix_halves(out, signs.subspan((step + 2) * rotated_dims_, rotated_dims_));
  }
}

}  // namespace sememe::vectors
