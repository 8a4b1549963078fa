// Inner products of a query in signed bytes with vectors of four bits a dimension: exact sums, the
// same on every tier.
#ifndef SEMEME_KERNELS_NIBBLE_DOT_H_
#define SEMEME_KERNELS_NIBBLE_DOT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "kernels/bit_sums.h"

namespace sememe::kernels {

/// Dimensions come in multiples of this, and are at most kByteDotMost (byte_dot.h).
inline constexpr std::size_t kNibbleMultiple = 64;

/// Levels 0 .. 15, two dimensions a byte: those of dimension d are the low four bits of byte d / 2
/// for an even d, else the high four. Rows are `stride` bytes apart, at any address.
struct NibbleRows {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;
  std::size_t behind = 0;  ///< rows that follow the last one, to ask for as a scan goes on
};

/// The query in the order in which kernels meet levels: of each 64 dimensions the even ones, then
/// the odd ones.
void arrange_nibble_query(std::span<const std::int8_t> query, std::span<std::int8_t> arranged);

/// out[r] = the sum of level times query over the dimensions of row r, for r < out.size(). Sizes
/// are SEMEME_CHECKed. Cost: one read of the rows.
void nibble_dot_rows(std::span<const std::int8_t> arranged, const NibbleRows& rows,
                     std::span<std::int32_t> out, Isa isa = active_isa());

/// What the sums of 32 rows that follow each other are turned into, as by bit_scores.
void nibble_scores(const NibbleRows& rows, std::span<const std::int8_t> arranged,
                   const BitScoring& scoring, std::span<float, kBitBlockRows> scores,
                   Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_NIBBLE_DOT_H_
