#include "train/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error_context.h"

namespace sememe::train {
namespace {

constexpr double kWhole = 4294967296.0;  // 2^32

std::uint32_t chance(double p) {
  return static_cast<std::uint32_t>(std::clamp(p * kWhole, 0.0, kWhole - 1));
}

}  // namespace

AliasTable::AliasTable(std::span<const double> weights) : entries_(weights.size()) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  SEMEME_CHECK(!weights.empty() && std::isfinite(total) && total > 0);
  // Chances in units of 1 / size: those below one are filled up from those above.
  std::vector<double> rest(weights.size());
  std::vector<std::uint32_t> low;
  std::vector<std::uint32_t> high;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    rest[i] = weights[i] * static_cast<double>(weights.size()) / total;
    (rest[i] < 1 ? low : high).push_back(static_cast<std::uint32_t>(i));
    entries_[i] = {.keep = chance(1), .alias = static_cast<std::uint32_t>(i)};
  }
  while (!low.empty() && !high.empty()) {
    const std::uint32_t poor = low.back();
    const std::uint32_t rich = high.back();
    low.pop_back();
    entries_[poor] = {.keep = chance(rest[poor]), .alias = rich};
    rest[rich] -= 1 - rest[poor];
    if (rest[rich] < 1) {
      high.pop_back();
      low.push_back(rich);
    }
  }
}

std::vector<std::uint32_t> keep_chances(std::span<const std::uint64_t> counts, double sample) {
  const double total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<std::uint32_t> chances(counts.size(), chance(1));
  if (sample <= 0) return chances;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double ratio =
        sample * total / static_cast<double>(std::max<std::uint64_t>(counts[i], 1));
    chances[i] = chance(std::sqrt(ratio) + ratio);
  }
  return chances;
}

}  // namespace sememe::train
