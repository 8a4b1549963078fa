// Inner products of a query in signed bytes with 32 vectors of four bits a dimension: exact sums,
// the same on every tier.
//
// Rows lie side by side in a block, four dimensions of each after the other, so that a product of
// four bytes adds to the sum of its own row: nothing is added up across a register, which is half
// of the work where a row of 384 dimensions is six products (27 GiB/s out of the first-level cache
// of a Zen 4, no more than its memory gives; 50 to 64 as blocks).
#ifndef SEMEME_KERNELS_NIBBLE_SUMS_H_
#define SEMEME_KERNELS_NIBBLE_SUMS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "kernels/bit_sums.h"

namespace sememe::kernels {

/// Dimensions come in multiples of this, and are at most kNibbleMost.
inline constexpr std::size_t kNibbleMultiple = 64;
/// 65536 * 15 * 128 is below 2^31.
inline constexpr std::size_t kNibbleMost = 65536;

/// Bytes of a block of 32 rows: dims / 8 groups of 128 bytes.
constexpr std::size_t nibble_block_bytes(std::size_t dims) { return dims * 16; }

/// Lays up to 32 rows of levels 0 .. 15 into a block; missing rows are zeros. rows: [count,
/// dims / 2], the level of dimension d is the low four bits of byte d / 2 of a row for an even d,
/// else the high four. In byte 4 j + b of group g of the block the low four bits are dimension
/// 8 g + b of row j, the high four dimension 8 g + 4 + b. Sizes are SEMEME_CHECKed, here and below.
void pack_nibble_block(std::span<const std::uint8_t> rows, std::size_t dims,
                       std::span<std::uint8_t> block);

/// sums[j] = the sum of level times query over the dimensions of row j. Asks for what lies `ahead`
/// bytes behind each group as it is read (scan_ahead.h), unless that is 0. Cost: one read of the
/// block.
void nibble_sums(std::span<const std::uint8_t> block, std::span<const std::int8_t> query,
                 std::span<std::int32_t, kBitBlockRows> sums, std::size_t ahead = 0,
                 Isa isa = active_isa());

/// What the sums are turned into, as by bit_scores, and which are above the threshold.
std::uint32_t nibble_scores(std::span<const std::uint8_t> block, std::span<const std::int8_t> query,
                            const BitScoring& scoring, std::span<float, kBitBlockRows> scores,
                            std::size_t ahead = 0, Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_NIBBLE_SUMS_H_
