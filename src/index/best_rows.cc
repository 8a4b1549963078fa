#include "index/best_rows.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/above.h"

namespace sememe::index {
namespace {

// After one score that passes, others are likely: so many are looked at one by one.
constexpr std::size_t kBlock = 16;

std::size_t count_above(std::span<const float> scores, float bound) {
  std::uint32_t count = 0;
  for (const float score : scores) count += score > bound ? 1 : 0;
  return count;
}

// Floats and integers in the same order; its own inverse.
std::int32_t ordered(std::int32_t bits) {
  return bits < 0 ? bits ^ std::numeric_limits<std::int32_t>::max() : bits;
}

float number(std::int64_t place) {
  return std::bit_cast<float>(ordered(static_cast<std::int32_t>(place)));
}

// The k-th highest, 0 < k <= scores.size(), none NaN or below `least`: the lowest number that fewer
// than k are above, by halving the range of numbers that it may be.
float kth_highest(std::span<const float> scores, std::size_t k, float least) {
  std::int64_t low = ordered(std::bit_cast<std::int32_t>(least));
  std::int64_t high = ordered(std::bit_cast<std::int32_t>(std::numeric_limits<float>::infinity()));
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (count_above(scores, number(middle)) < k) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return number(low);
}

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
  if (scores_.size() <= k_) return;
  const float kth = kth_highest(scores_, k_, threshold_);
  threshold_ = kth - margin_;
  // Without a margin the rest of the k are the first rows that equal the last of them.
  const float bound = margin_ == 0 ? kth : threshold_;
  std::size_t equals = margin_ == 0 ? k_ - count_above(scores_, kth) : scores_.size();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    const bool equal = (scores_[i] == bound) & (equals > 0);
    const bool stays = (scores_[i] > bound) | equal;
    rows_[kept] = rows_[i];
    scores_[kept] = scores_[i];
    equals -= equal;
    kept += stays;
  }
  rows_.resize(kept);
  scores_.resize(kept);
  capacity_ = std::max(capacity_, 2 * kept);
}

std::vector<Neighbor> BestRows::take_by_row() {
  compact();
  std::vector<Neighbor> out(scores_.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {rows_[i], scores_[i]};
  rows_.clear();
  scores_.clear();
  return out;
}

std::vector<Neighbor> BestRows::take() {
  std::vector<Neighbor> out = take_by_row();
  std::ranges::sort(out, ranks_before);
  return out;
}

void BestRows::put_back(std::vector<Neighbor> best) {
  std::ranges::sort(best, {}, &Neighbor::row);
  for (const Neighbor& n : best) {
    rows_.push_back(n.row);
    scores_.push_back(n.similarity);
  }
}

}  // namespace sememe::index
