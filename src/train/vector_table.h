// The rows that training moves.
#ifndef SEMEME_TRAIN_VECTOR_TABLE_H_
#define SEMEME_TRAIN_VECTOR_TABLE_H_

#include <cstddef>
#include <span>

#include "kernels/aligned.h"

namespace sememe::train {

/// [rows, dim] f32, each row on its own cache lines with zeros behind it.
class VectorTable {
 public:
  VectorTable() = default;
  VectorTable(std::size_t rows, std::size_t dim)
      : rows_(rows), dim_(dim), stride_((dim + 15) / 16 * 16), values_(rows * stride_) {}
  std::size_t rows() const { return rows_; }
  std::size_t dim() const { return dim_; }
  std::size_t stride() const { return stride_; }
  float* row(std::size_t i) { return values_.data() + i * stride_; }
  const float* row(std::size_t i) const { return values_.data() + i * stride_; }
  std::span<float> values(std::size_t i) { return {row(i), dim_}; }
  std::span<const float> values(std::size_t i) const { return {row(i), dim_}; }

 private:
  std::size_t rows_ = 0;
  std::size_t dim_ = 0;
  std::size_t stride_ = 0;
  kernels::AlignedFloats values_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_VECTOR_TABLE_H_
