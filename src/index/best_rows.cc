#include "index/best_rows.h"

#include <algorithm>

#include "kernels/above.h"

namespace sememe::index {
namespace {

// After one score that passes, others are likely: so many are looked at one by one.
constexpr std::size_t kBlock = 16;

}  // namespace

BestRows::BestRows(std::size_t k)
    : k_(k),
      capacity_(2 * k + 64),
      threshold_(k > 0 ? -std::numeric_limits<float>::infinity()
                       : std::numeric_limits<float>::infinity()) {}

void BestRows::widen(float margin) {
  if (!(margin > margin_)) return;
  threshold_ -= margin - margin_;
  margin_ = margin;
}

void BestRows::offer_all(std::size_t first, std::span<const float> scores, const RowSet* allowed) {
  std::size_t i = 0;
  while (i < scores.size()) {
    i += kernels::first_above(scores.subspan(i), threshold_);
    for (const std::size_t end = std::min(i + kBlock, scores.size()); i < end; ++i) {
      if (!(scores[i] > threshold_)) continue;
      if (allowed == nullptr || allowed->contains(first + i)) offer(first + i, scores[i]);
    }
  }
}

void BestRows::compact() {
  if (buffer_.size() <= k_) return;
  const auto kth = buffer_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::ranges::nth_element(buffer_, kth, ranks_before);
  threshold_ = kth->similarity - margin_;
  const auto end =
      margin_ == 0 ? kth + 1 : std::partition(kth + 1, buffer_.end(), [this](const Neighbor& n) {
        return n.similarity >= threshold_;
      });
  buffer_.erase(end, buffer_.end());
  capacity_ = std::max(capacity_, 2 * buffer_.size());
}

std::vector<Neighbor> BestRows::take() {
  compact();
  std::ranges::sort(buffer_, ranks_before);
  return std::move(buffer_);
}

}  // namespace sememe::index
