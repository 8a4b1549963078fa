// Vectors as signed bytes with a scale each: a quarter of the memory of f32, and integer products.
#ifndef SEMEME_VECTORS_BYTE_CODES_H_
#define SEMEME_VECTORS_BYTE_CODES_H_

#include <cstddef>
#include <cstdint>
#include <span>

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

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_BYTE_CODES_H_
