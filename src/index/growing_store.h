// The memory of a growing index: rows and blocks that any number of threads read while one writes.
//
// Address space for all that may come is set aside at once, so nothing moves. A block is never
// changed while somebody may read it: its successor is written into a free slot and published
// through the table of slots, and the old slot is free again when all searches that began before
// are over (growing_epochs.h). Rows are written before anything leads to them.
//
// Rows and nodes have one numbering: a node is the first row of those that are equal, and the
// others hang on it in a list (equal_rows.h says why they share a node).
#ifndef SEMEME_INDEX_GROWING_STORE_H_
#define SEMEME_INDEX_GROWING_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/reserved_memory.h"
#include "index/graph_blocks.h"
#include "index/growing_epochs.h"
#include "index/neighbor.h"
#include "kernels/target.h"
#include "sememe/types.h"

namespace sememe::index {

class GrowingStore {
 public:
  /// Rows of dims, whose blocks are of rotated_dims; capacity: of rows. Throws Error(kLimit) when
  /// the system has no address space for them.
  GrowingStore(std::size_t dims, std::size_t rotated_dims, std::size_t capacity);

  // What any thread may call; a search within a pin.

  Epochs& epochs() const { return epochs_; }
  const BlockLayout& layout() const { return layout_; }
  std::size_t dims() const { return layout_.dims; }
  std::size_t capacity() const { return capacity_; }
  /// The graph as it is now; its size is 0 as long as it has no entry.
  GraphView view() const;
  /// All rows are below it.
  std::size_t bound() const { return bound_.load(std::memory_order_acquire); }
  /// Rows in all, and those of them that were not removed.
  std::size_t held() const { return held_.load(std::memory_order_relaxed); }
  std::size_t live() const { return live_.load(std::memory_order_relaxed); }
  /// The effort of a walk that is to come by as many rows as one of `effort` would if no row were
  /// removed; at most four times that.
  std::size_t effort_among_removed(std::size_t effort) const;
  bool is_live(Node row) const {
    return (std::atomic_ref(live_bits()[row / 64]).load(std::memory_order_acquire) >> row % 64 &
            1U) != 0;
  }
  /// [capacity, dims of rows]; only those below bound() were ever written.
  const MatrixView& rows() const { return rows_; }
  /// Row p, or one that is equal to it.
  bool any_live(Node p) const;
  /// Appends the first of them that are live, in ascending order but for p itself: `most`, or all.
  void append_live(Node p, std::size_t most, std::vector<Neighbor>& out) const;

  // What the writer alone may call.

  bool is_node(Node p) const { return slot_of(p) != kNoSlot; }
  BlockView block(Node p) const { return {slot(slot_of(p)).data(), layout_}; }
  std::span<const std::int8_t> code(Node p) const { return block(p).code(); }
  const vectors::ByteScale& scale(Node p) const { return block(p).tail().scale; }

  /// Asks for the code of p, and its scale behind it.
  void prefetch_code(Node p) const {
    kernels::prefetch_lines(code(p).data(), layout_.dims + sizeof(BlockTail));
  }

  /// Row p is live from here on.
  void put_row(Node p, std::span<const float> row);
  void remove_row(Node p);
  /// A removed row p, as it was.
  void revive_row(Node p);
  /// Row p is equal to node `to`.
  void add_copy(Node to, Node p);
  /// Takes the removed rows out of those that are equal to node p, and appends them to `out`.
  void unlink_removed(Node p, std::vector<Node>& out);
  void set_entry(Node p) { entry_.store(p, std::memory_order_release); }
  Node entry() const { return entry_.load(std::memory_order_relaxed); }

  /// Memory for the next block of some node, of arbitrary bytes. Waits for searches when there is
  /// none left, which takes as many blocks as there are rows to be replaced meanwhile.
  std::span<std::byte> next_block();
  /// Makes that memory the block of p.
  void publish(Node p);
  /// Waits until no search may come by these any more, and gives up what they have.
  void free_rows(std::span<const Node> rows);

  /// Of memory that was written.
  std::size_t bytes() const;

 private:
  using Slot = std::uint32_t;
  static constexpr Slot kNoSlot = 0;  // what reserved memory has

  Slot* slots() const { return reinterpret_cast<Slot*>(slot_table_.data()); }
  Slot slot_of(Node p) const { return std::atomic_ref(slots()[p]).load(std::memory_order_relaxed); }
  std::span<std::byte> slot(Slot s) const {
    return {blocks_.data() + s * layout_.bytes(), layout_.bytes()};
  }
  std::uint64_t* live_bits() const { return reinterpret_cast<std::uint64_t*>(live_bits_.data()); }
  // One more than the row, 0 for none.
  std::uint32_t* copies() const { return reinterpret_cast<std::uint32_t*>(copies_.data()); }
  Node next_copy(Node p) const {
    return std::atomic_ref(copies()[p]).load(std::memory_order_acquire) - 1;
  }
  void set_next_copy(Node p, Node next) {
    std::atomic_ref(copies()[p]).store(next + 1, std::memory_order_release);
  }
  void set_live(Node p, std::uint64_t live);
  void reclaim();

  BlockLayout layout_;
  std::size_t capacity_;
  ReservedMemory row_memory_;
  ReservedMemory blocks_;
  ReservedMemory slot_table_;
  ReservedMemory live_bits_;
  ReservedMemory copies_;
  MatrixView rows_;
  std::unordered_map<Node, Node> last_copies_;  // of nodes that have any; never iterated over
  std::atomic<Node> entry_ = kNoNode;
  std::atomic<std::size_t> bound_ = 0;
  std::atomic<std::size_t> held_ = 0;
  std::atomic<std::size_t> live_ = 0;

  mutable Epochs epochs_;
  Slot slot_count_;
  Slot used_slots_ = 1;  // slots from here on were never written
  Slot next_ = kNoSlot;  // that of next_block()
  std::vector<Slot> free_slots_;
  std::deque<std::pair<Epoch, Slot>> replaced_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_STORE_H_
