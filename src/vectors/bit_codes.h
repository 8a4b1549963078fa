// Codes of one bit or four bits a dimension whose inner products and distances are estimated
// without bias.
//
// RaBitQ (Gao and Long 2024, arXiv 2405.12497): after a random rotation (rotation.h) a vector r is
// coded as the nearest of the vectors y whose coordinates are +-1/2; with four bits (Gao et al.
// 2024, arXiv 2409.09913) as one of those with coordinates -7.5, -6.5, ... 7.5, of a direction near
// that of r. For any q,
//
//   r.q is about factor * y.q,   factor = |r|^2 / y.r,
//
// exactly for q along r; the part of q across r meets an error of y that is random in direction.
// r may be a vector, or its difference from a centre c: |x - q|^2 = |r|^2 + |q - c|^2 - 2 r.(q -
// c).
#ifndef SEMEME_VECTORS_BIT_CODES_H_
#define SEMEME_VECTORS_BIT_CODES_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace sememe::vectors {

/// Dimensions of codes are a multiple of 64 (Rotation::rotated_dims).
constexpr std::size_t one_bit_bytes(std::size_t dims) { return dims / 8; }
constexpr std::size_t four_bit_bytes(std::size_t dims) { return dims / 2; }

/// Of one code; both 0 for a vector of zeros.
struct BitFactors {
  float square = 0;  ///< |r|^2
  float factor = 0;  ///< |r|^2 / y.r
};

/// Bit d % 8 of byte d / 8 says whether r[d] > 0: y[d] = bit - 1/2. r must be finite and its
/// squared length an f32.
BitFactors encode_one_bit(std::span<const float> rotated, std::span<std::uint8_t> code);

/// The four bits of dimension d, low ones of byte d / 2 for an even d, are a level u; y[d] = u -
/// 7.5. Of some steps around the best one for normal numbers that whose y has the direction nearest
/// to r's is taken. Cost: twelve passes over r, 10 us for 384 numbers.
BitFactors encode_four_bits(std::span<const float> rotated, std::span<std::uint8_t> code);

/// What estimates need of a query, rotated as the codes were.
struct BitQuery {
  float sum = 0;     ///< of its numbers
  float square = 0;  ///< squared length
};
BitQuery bit_query(std::span<const float> rotated);

/// The sum of u[d] q[d]: of set bits, or of levels. The first is what kernels/bit_sums.h estimates
/// for 32 codes at a time.
float one_bit_sum(std::span<const std::uint8_t> code, std::span<const float> rotated);
float four_bit_sum(std::span<const std::uint8_t> code, std::span<const float> rotated);

/// What such a sum says about r.q; middle: 0.5 for one bit, 7.5 for four.
inline float estimated_product(const BitFactors& code, const BitQuery& query, float level_sum,
                               float middle) {
  return code.factor * (level_sum - middle * query.sum);
}
/// And about |r - q|^2; may be a little below zero.
inline float estimated_square(const BitFactors& code, const BitQuery& query, float level_sum,
                              float middle) {
  return code.square + query.square - 2.0F * estimated_product(code, query, level_sum, middle);
}

/// The standard deviation over rotations of the estimated product of a one-bit code with a query of
/// length one (arXiv 2405.12497, theorem 3.2): |r| sqrt((1 / c^2 - 1) / (dims - 1)), c the cosine
/// of r and y, 0.8 for many dimensions.
float one_bit_deviation(const BitFactors& code, std::size_t dims);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_BIT_CODES_H_
