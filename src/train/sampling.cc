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

DrawList::DrawList(std::span<const double> weights, std::size_t size, Random random) : size_(size) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  SEMEME_CHECK(!weights.empty() && std::isfinite(total) && total > 0);
  SEMEME_CHECK(size > 0 && size <= 0xFFFFFFFF);
  draws_.reserve(size + kMostAtOnce);
  // Places end where the sum of shares does, all of them moved by the same random part of one.
  const double moved = random.uniform();
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    const double end = std::floor(sum / total * static_cast<double>(size) + moved);
    const std::size_t places = std::min(size, static_cast<std::size_t>(end));
    if (places > draws_.size()) draws_.resize(places, static_cast<std::uint32_t>(i));
  }
  draws_.resize(size, static_cast<std::uint32_t>(weights.size() - 1));
  for (std::size_t i = size - 1; i > 0; --i) {
    std::swap(draws_[i], draws_[random.below(static_cast<std::uint32_t>(i + 1))]);
  }
  for (std::size_t i = 0; i < kMostAtOnce; ++i) draws_.push_back(draws_[i]);
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
