#include "kernels/above.h"

#include "base/error_context.h"
#include "kernels/table.h"

namespace sememe::kernels {

std::size_t first_above(std::span<const float> scores, float threshold) {
  return first_above(scores, threshold, active_isa());
}

std::size_t first_above(std::span<const float> scores, float threshold, Isa isa) {
  return kernel_table(isa).first_above(scores.data(), &threshold, scores.size(), false);
}

std::size_t first_above(std::span<const float> scores, std::span<const float> thresholds) {
  return first_above(scores, thresholds, active_isa());
}

std::size_t first_above(std::span<const float> scores, std::span<const float> thresholds, Isa isa) {
  SEMEME_CHECK(scores.size() == thresholds.size());
  if (scores.empty()) return 0;
  return kernel_table(isa).first_above(scores.data(), thresholds.data(), scores.size(), true);
}

}  // namespace sememe::kernels
