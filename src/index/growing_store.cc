#include "index/growing_store.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "base/error_context.h"

namespace sememe::index {
namespace {

// Slots besides two a row: a change of a small index replaces a node's block and those of its
// neighbours.
constexpr std::size_t kMoreSlots = 2 * kDegree;

// Times the effort that removed rows may cost: beyond it consolidating is overdue.
constexpr std::size_t kMostEffort = 4;

void count(std::atomic<std::size_t>& counter, std::ptrdiff_t change) {
  counter.store(counter.load(std::memory_order_relaxed) + static_cast<std::size_t>(change),
                std::memory_order_relaxed);
}

}  // namespace

GrowingStore::GrowingStore(std::size_t dims, std::size_t rotated_dims, std::size_t capacity)
    : layout_{rotated_dims},
      capacity_(capacity),
      row_memory_(capacity * dims * sizeof(float)),
      blocks_((2 * capacity + kMoreSlots) * layout_.bytes()),
      slot_table_(capacity * sizeof(Slot)),
      live_bits_((capacity + 63) / 64 * sizeof(std::uint64_t)),
      copies_(capacity * sizeof(std::uint32_t)),
      rows_{reinterpret_cast<const float*>(row_memory_.data()), capacity, dims},
      slot_count_(static_cast<Slot>(2 * capacity + kMoreSlots)) {}

GraphView GrowingStore::view() const {
  const Node entry = entry_.load(std::memory_order_acquire);
  return {.layout = layout_,
          .blocks = blocks_.data(),
          .size = entry == kNoNode ? 0 : capacity_,
          .entry = entry,
          .slots = slots()};
}

std::size_t GrowingStore::effort_among_removed(std::size_t effort) const {
  const std::size_t live = std::max<std::size_t>(1, this->live());
  return std::min(kMostEffort * effort, effort * std::max(live, held()) / live);
}

bool GrowingStore::any_live(Node p) const {
  while (p != kNoNode && !is_live(p)) p = next_copy(p);
  return p != kNoNode;
}

void GrowingStore::append_live(Node p, std::size_t most, std::vector<Neighbor>& out) const {
  if (is_live(p)) out.push_back({p, 0});
  std::size_t copies = 0;
  for (p = next_copy(p); p != kNoNode && copies < most; p = next_copy(p)) {
    if (!is_live(p)) continue;
    out.push_back({p, 0});
    ++copies;
  }
}

void GrowingStore::set_live(Node p, std::uint64_t live) {
  const std::atomic_ref word(live_bits()[p / 64]);
  const std::uint64_t others = word.load(std::memory_order_relaxed) & ~(std::uint64_t{1} << p % 64);
  word.store(others | live << p % 64, std::memory_order_release);
}

void GrowingStore::put_row(Node p, std::span<const float> row) {
  SEMEME_CHECK(p < capacity_ && row.size() == rows_.cols);
  std::memcpy(row_memory_.data() + p * row.size_bytes(), row.data(), row.size_bytes());
  set_next_copy(p, kNoNode);
  revive_row(p);
  if (p >= bound()) bound_.store(p + std::size_t{1}, std::memory_order_release);
  count(held_, 1);
}

void GrowingStore::revive_row(Node p) {
  set_live(p, 1);
  count(live_, 1);
}

void GrowingStore::remove_row(Node p) {
  set_live(p, 0);
  count(live_, -1);
}

void GrowingStore::add_copy(Node to, Node p) {
  // Behind the last one nearly always.
  Node& last = last_copies_.try_emplace(to, to).first->second;
  Node before = p > last ? last : to;
  for (Node next = next_copy(before); next < p; next = next_copy(before)) before = next;
  set_next_copy(p, next_copy(before));
  set_next_copy(before, p);
  if (next_copy(p) == kNoNode) last = p;
}

void GrowingStore::unlink_removed(Node p, std::vector<Node>& out) {
  if (next_copy(p) == kNoNode) return;
  Node before = p;
  for (Node next = next_copy(p); next != kNoNode; next = next_copy(next)) {
    if (is_live(next)) {
      before = next;
    } else {
      set_next_copy(before, next_copy(next));
      out.push_back(next);
    }
  }
  if (before == p) {
    last_copies_.erase(p);
  } else {
    last_copies_[p] = before;
  }
}

std::span<std::byte> GrowingStore::next_block() {
  while (next_ == kNoSlot) {
    if (free_slots_.empty()) reclaim();
    if (!free_slots_.empty()) {
      next_ = free_slots_.back();
      free_slots_.pop_back();
    } else if (used_slots_ < slot_count_) {
      next_ = used_slots_++;
    } else {
      std::this_thread::yield();
    }
  }
  return slot(next_);
}

void GrowingStore::publish(Node p) {
  SEMEME_CHECK(next_ != kNoSlot);
  const std::atomic_ref place(slots()[p]);
  const Slot old = place.load(std::memory_order_relaxed);
  place.store(next_, std::memory_order_release);
  next_ = kNoSlot;
  if (old != kNoSlot) replaced_.emplace_back(epochs_.now(), old);
}

void GrowingStore::reclaim() {
  if (replaced_.empty()) return;
  for (const Epoch first = epochs_.advance(); !replaced_.empty() && replaced_.front().first < first;
       replaced_.pop_front()) {
    free_slots_.push_back(replaced_.front().second);
  }
}

void GrowingStore::free_rows(std::span<const Node> rows) {
  epochs_.wait();
  for (const Node p : rows) {
    const std::atomic_ref place(slots()[p]);
    const Slot old = place.load(std::memory_order_relaxed);
    if (old != kNoSlot) free_slots_.push_back(old);
    place.store(kNoSlot, std::memory_order_relaxed);
    count(held_, -1);
  }
}

std::size_t GrowingStore::bytes() const {
  return (used_slots_ - std::size_t{1}) * layout_.bytes() +
         bound() * (rows_.cols * sizeof(float) + sizeof(Slot) + sizeof(std::uint32_t)) +
         bound() / 8;
}

}  // namespace sememe::index
