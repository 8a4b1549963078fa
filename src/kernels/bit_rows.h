// Estimated distances of a query to some of many vectors of one bit a dimension, each with its two
// numbers in memory of its own: one cache line for 384 dimensions, wherever it lies.
//
// Codes that come in blocks of 32 (bit_sums.h) are summed up faster, but only all of a block.
#ifndef SEMEME_KERNELS_BIT_ROWS_H_
#define SEMEME_KERNELS_BIT_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Rows at multiples of `stride`: dims / 8 bytes, bit d is bit d % 8 of byte d / 8; then f32 addend
/// and f32 factor, as edges.h has them with one p for all.
struct BitRows {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;
};

/// A query [dims] in bytes: y.q is about offset + scale * the sum of its bytes at set bits.
struct BitRowQuery {
  std::span<const std::int8_t> code;  ///< dims: a multiple of 64, at most 65,536
  float scale = 0;
  float offset = 0;  ///< less half of the query's sum
};

/// closeness[i] = factor (offset + scale sum) - addend of row ids[i]: an estimated distance with
/// its sign turned, so that more is nearer. The same bits on every tier; ids may repeat and are not
/// checked. Asks for rows some ids ahead of their use.
void estimate_bit_rows(const BitRowQuery& query, const BitRows& rows,
                       std::span<const std::uint32_t> ids, std::span<float> closeness,
                       Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_BIT_ROWS_H_
