// How often pairs of numbers were seen, within a limit of memory.
#ifndef SEMEME_TRAIN_PAIR_COUNTS_H_
#define SEMEME_TRAIN_PAIR_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sememe::train {

/// Counts ordered pairs. When their table would take more than `max_bytes`, the pairs seen least
/// are forgotten, as in WordCounts; one that comes again starts anew, so counts near
/// forgotten_up_to() can be too low. Cost of a call: about one cache miss; 16 bytes a slot, of
/// which a third to two thirds are in use.
class PairCounts {
 public:
  explicit PairCounts(std::size_t max_bytes);

  void add(std::uint32_t first, std::uint32_t second);
  /// 0: not seen, or forgotten.
  std::uint64_t count(std::uint32_t first, std::uint32_t second) const;

  struct Pair {
    std::uint32_t first;
    std::uint32_t second;
    std::uint64_t count;
  };
  /// The pairs seen at least min_count (> 0) times, by their numbers.
  std::vector<Pair> select(std::uint64_t min_count) const;

  /// The same, once nothing more is to be added: from here on count() of such a pair is its place
  /// in the list plus one, and 0 of any other.
  std::vector<Pair> number(std::uint64_t min_count);

  std::size_t distinct() const { return used_; }
  /// Pairs seen at most so often were forgotten; 0: none were.
  std::uint64_t forgotten_up_to() const { return forgotten_; }

 private:
  struct Slot {
    std::uint64_t key;
    std::uint64_t count;  // 0: empty
  };
  std::size_t place(std::uint64_t key) const;
  void make_room();
  void rebuild(std::size_t slots, std::uint64_t above);

  std::size_t max_bytes_;
  std::vector<Slot> slots_;
  unsigned shift_;  // of a hash, to a slot
  std::size_t used_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_PAIR_COUNTS_H_
