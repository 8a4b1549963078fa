#include "index/graph_prune.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/target.h"

namespace sememe::index {
namespace {

// Candidates whose codes are asked for ahead of their turn.
constexpr std::size_t kAhead = 4;
// Kept nodes that a candidate is compared with at a time: most candidates fall to the first few.
constexpr std::size_t kAtOnce = 4;

}  // namespace

EdgeChooser::EdgeChooser(const GraphPoints& points, std::size_t degree)
    : points_(points), degree_(degree), kept_codes_(degree * points.dims()) {
  chosen_.reserve(degree);
}

std::span<const Near> EdgeChooser::choose(std::span<const Near> candidates, Room room) {
  chosen_.clear();
  left_out_.clear();
  for (std::size_t i = 0; i < candidates.size() && chosen_.size() < degree_; ++i) {
    if (i + kAhead < candidates.size()) {
      kernels::prefetch_lines<3>(points_.code(candidates[i + kAhead].node).data(), points_.dims());
    }
    const float by = shortfall(candidates[i]);
    if (by <= 1.0F) {
      keep(candidates[i]);
    } else if (room == Room::kFill) {
      left_out_.emplace_back(by, i);
    }
  }
  const std::size_t places = std::min(degree_ - chosen_.size(), left_out_.size());
  std::ranges::partial_sort(left_out_, left_out_.begin() + static_cast<std::ptrdiff_t>(places));
  for (std::size_t i = 0; i < places; ++i) chosen_.push_back(candidates[left_out_[i].second]);
  return chosen_;
}

float EdgeChooser::shortfall(const Near& candidate) {
  const std::size_t dims = points_.dims();
  const vectors::ByteScale& scale = points_.scale(candidate.node);
  float worst = 0;
  for (std::size_t first = 0; first < chosen_.size() && worst <= 1.0F; first += kAtOnce) {
    std::array<std::int32_t, kAtOnce> products;
    const std::size_t count = std::min(kAtOnce, chosen_.size() - first);
    kernels::byte_dot_rows(points_.code(candidate.node),
                           {.data = kept_codes_.data() + first * dims, .stride = dims},
                           std::span(products).first(count));
    for (std::size_t j = 0; j < count; ++j) {
      const float apart =
          squared_distance(scale, points_.scale(chosen_[first + j].node), products[j]);
      // One of several equal vectors stands for all of them.
      const float ratio =
          apart > 0 ? candidate.distance / apart : std::numeric_limits<float>::infinity();
      worst = std::max(worst, ratio);
    }
  }
  return worst;
}

void EdgeChooser::keep(const Near& candidate) {
  std::ranges::copy(points_.code(candidate.node),
                    kept_codes_.data() + chosen_.size() * points_.dims());
  chosen_.push_back(candidate);
}

}  // namespace sememe::index
