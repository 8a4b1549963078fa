// The best of many scores, without a heap: a score is compared with the k-th best so far, and the
// few that pass are put into a buffer, of which every now and then the best k stay. A heap costs
// log k for each that passes; this costs a comparison for those that do not, sixteen at a time.
// The k-th best of a buffer is found by counting the scores above a bound, for some thirty bounds:
// no branch depends on a score, and 300 of 660 are chosen in 3 us where a selection took 9.
#ifndef SEMEME_INDEX_BEST_ROWS_H_
#define SEMEME_INDEX_BEST_ROWS_H_

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "index/neighbor.h"
#include "index/row_set.h"

namespace sememe::index {

/// Rows must come in ascending order: of equal scores the first stay.
class BestRows {
 public:
  /// Scores above this may be among the best; NaN and minus infinity never are.
  float threshold() const { return threshold_; }

  explicit BestRows(std::size_t k);

  /// Scores from now on may be off by half of `margin`: everything that could belong to the best k
  /// stays. Only ever grows.
  void widen(float margin);

  void offer(std::size_t row, float score) {
    if (!(score > threshold_)) return;
    rows_.push_back(row);
    scores_.push_back(score);
    if (scores_.size() >= capacity_) compact();
  }
  /// Scores of rows first .. first + scores.size(); allowed: among all rows, or null.
  void offer_all(std::size_t first, std::span<const float> scores, const RowSet* allowed);

  std::size_t size() const { return scores_.size(); }
  /// The k best, or all that could be, best first. Empties this.
  std::vector<Neighbor> take();
  /// The same in the order of rows, for those who rank them anew.
  std::vector<Neighbor> take_by_row();
  /// Takes back some of what take() gave.
  void put_back(std::vector<Neighbor> best);

 private:
  void compact();

  std::size_t k_;
  std::size_t capacity_;
  float margin_ = 0;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<std::size_t> rows_;  // ascending
  std::vector<float> scores_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_BEST_ROWS_H_
