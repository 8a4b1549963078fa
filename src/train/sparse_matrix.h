// Matrices of which most entries are zero: what counting gives.
#ifndef SEMEME_TRAIN_SPARSE_MATRIX_H_
#define SEMEME_TRAIN_SPARSE_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "sememe/types.h"
#include "train/vector_table.h"

namespace sememe::train {

/// [rows, cols] f32 by rows ("compressed sparse row"): 8 bytes an entry. Columns of a row ascend.
class SparseMatrix {
 public:
  explicit SparseMatrix(std::size_t cols) : cols_(cols) {}

  std::size_t rows() const { return starts_.size() - 1; }
  std::size_t cols() const { return cols_; }
  std::size_t entries() const { return values_.size(); }
  /// TokenId is what kernels/gather.h takes: a column, whatever it stands for.
  std::span<const TokenId> columns(std::size_t row) const {
    return {columns_.data() + starts_[row], starts_[row + 1] - starts_[row]};
  }
  std::span<const float> values(std::size_t row) const {
    return {values_.data() + starts_[row], starts_[row + 1] - starts_[row]};
  }
  std::span<float> values(std::size_t row) {
    return {values_.data() + starts_[row], starts_[row + 1] - starts_[row]};
  }

  void reserve(std::size_t entries);
  /// Puts an entry behind those of the row that is being filled; column < cols, above the last one.
  void add(std::uint32_t column, float value) {
    columns_.push_back(TokenId{column});
    values_.push_back(value);
  }
  void end_row() { starts_.push_back(values_.size()); }

  SparseMatrix transposed() const;

 private:
  std::size_t cols_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<TokenId> columns_;
  std::vector<float> values_;
};

/// Called with the number of entries that are done.
using EntryProgress = std::function<void(std::size_t entries)>;

/// a x for x [a.cols, K]: [a.rows, K]. Every row is summed in f32 in the order of its columns, so
/// the bytes depend on neither threads nor tier. Cost: a read of K floats an entry, from wherever
/// they lie.
VectorTable multiply(const SparseMatrix& a, const VectorTable& x, ThreadPool& pool,
                     const EntryProgress& progress = {});

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_SPARSE_MATRIX_H_
