// Vectors as signed bytes with a scale each: a quarter of the memory of f32, and integer products.
#ifndef SEMEME_VECTORS_BYTE_CODES_H_
#define SEMEME_VECTORS_BYTE_CODES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/byte_dot.h"
#include "sememe/types.h"

namespace sememe::vectors {

/// What a code stands for: x[i] is about scale * code[i].
struct ByteScale {
  float scale = 0;
  float square = 0;  ///< squared length of scale * code
};

/// code[i] = x[i] / scale to the nearest, -127..127, with scale = max |x| / 127; zeros behind x.
/// Each number is off by at most scale / 2. Zeros, and numbers below 1e-36, become zeros. Throws
/// Error(kInvalidArgument) when a number is not finite or the squared length is no f32.
ByteScale encode_bytes(std::span<const float> x, std::span<std::int8_t> code);

/// Codes of all rows of a matrix.
class ByteCodes {
 public:
  ByteCodes() = default;
  /// Throws as encode_bytes does, with the row's number in front.
  explicit ByteCodes(MatrixView rows);

  std::size_t size() const { return scales_.size(); }
  /// Of a code: the columns, up to kByteDotMultiple.
  std::size_t stride() const { return stride_; }
  std::span<const std::int8_t> code(std::size_t r) const {
    return {codes_.data() + r * stride_, stride_};
  }
  const ByteScale& scale(std::size_t r) const { return scales_[r]; }
  kernels::ByteRows rows() const { return {.data = codes_.data(), .stride = stride_}; }

 private:
  std::size_t stride_ = 0;
  std::vector<std::int8_t> codes_;
  std::vector<ByteScale> scales_;
};

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_BYTE_CODES_H_
