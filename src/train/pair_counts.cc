#include "train/pair_counts.h"

#include <algorithm>
#include <bit>

namespace sememe::train {
namespace {

constexpr std::size_t kFirstSlots = std::size_t{1} << 12;
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;  // Fibonacci hashing (Knuth, vol. 3, 6.4)

constexpr std::uint64_t key_of(std::uint32_t first, std::uint32_t second) {
  return std::uint64_t{first} << 32 | second;
}
constexpr unsigned shift_of(std::size_t slots) {
  return 64 - static_cast<unsigned>(std::bit_width(slots - 1));
}

}  // namespace

PairCounts::PairCounts(std::size_t max_bytes)
    : max_bytes_(max_bytes), slots_(kFirstSlots), shift_(shift_of(kFirstSlots)) {}

// The slot of the pair, or the empty one where it belongs. Two rounds, so that bits of both
// numbers reach the upper ones.
std::size_t PairCounts::place(std::uint64_t key) const {
  const std::uint64_t mixed = key * kGolden;
  std::size_t i = (mixed ^ mixed >> 32) * kGolden >> shift_;
  while (slots_[i].count != 0 && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
  return i;
}

void PairCounts::add(std::uint32_t first, std::uint32_t second) {
  const std::uint64_t key = key_of(first, second);
  Slot& slot = slots_[place(key)];
  if (slot.count++ != 0) return;
  slot.key = key;
  ++used_;
  if (3 * used_ > 2 * slots_.size()) make_room();
}

std::uint64_t PairCounts::count(std::uint32_t first, std::uint32_t second) const {
  return slots_[place(key_of(first, second))].count;
}

void PairCounts::make_room() {
  // The old table stands beside the new one while it is filled.
  if (3 * slots_.size() * sizeof(Slot) <= max_bytes_) return rebuild(2 * slots_.size(), 0);
  // The lowest count that at most half of the pairs exceed goes, and all below.
  std::vector<std::uint64_t> counts;
  counts.reserve(used_);
  for (const Slot& slot : slots_) {
    if (slot.count != 0) counts.push_back(slot.count);
  }
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  forgotten_ = std::max(forgotten_, *middle);
  rebuild(slots_.size(), *middle);
}

void PairCounts::rebuild(std::size_t slots, std::uint64_t above) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  shift_ = shift_of(slots);
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.count <= above) continue;
    slots_[place(slot.key)] = slot;
    ++used_;
  }
}

std::vector<PairCounts::Pair> PairCounts::select(std::uint64_t min_count) const {
  std::vector<Pair> pairs;
  for (const Slot& slot : slots_) {
    if (slot.count < std::max<std::uint64_t>(min_count, 1)) continue;
    pairs.push_back({.first = static_cast<std::uint32_t>(slot.key >> 32),
                     .second = static_cast<std::uint32_t>(slot.key),
                     .count = slot.count});
  }
  std::ranges::sort(pairs, {}, [](const Pair& pair) { return key_of(pair.first, pair.second); });
  return pairs;
}

std::vector<PairCounts::Pair> PairCounts::number(std::uint64_t min_count) {
  std::vector<Pair> pairs = select(min_count);
  rebuild(std::max(kFirstSlots, std::bit_ceil(2 * pairs.size())), ~std::uint64_t{0});
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::uint64_t key = key_of(pairs[i].first, pairs[i].second);
    slots_[place(key)] = {.key = key, .count = i + 1};
  }
  return pairs;
}

}  // namespace sememe::train
