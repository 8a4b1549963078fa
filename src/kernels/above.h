// Which of many scores are above a threshold: what a search over all rows asks of each score.
#ifndef SEMEME_KERNELS_ABOVE_H_
#define SEMEME_KERNELS_ABOVE_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// The place of the first score above the threshold; scores.size() where none is. NaN is above
/// nothing, and nothing is above NaN. Cost: one read of the scores up to there.
std::size_t first_above(std::span<const float> scores, float threshold);
std::size_t first_above(std::span<const float> scores, float threshold, Isa isa);

/// The same with a threshold for each score; spans of one size (SEMEME_CHECKed).
std::size_t first_above(std::span<const float> scores, std::span<const float> thresholds);
std::size_t first_above(std::span<const float> scores, std::span<const float> thresholds, Isa isa);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_ABOVE_H_
