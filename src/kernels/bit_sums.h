// Inner products of a query with 32 vectors of one bit a dimension, by look-up: FastScan (Andre,
// Kermarrec and Le Scouarnec 2015, "Cache locality is not enough"; 2017, "Accelerated nearest
// neighbor search with Quick ADC").
//
// Four dimensions are a group. A row's four bits choose one of sixteen bytes of a table, made once
// for a query: the sum of the query's numbers whose bit is set, in steps of a scale. One shuffle
// looks up sixteen rows.
#ifndef SEMEME_KERNELS_BIT_SUMS_H_
#define SEMEME_KERNELS_BIT_SUMS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

inline constexpr std::size_t kBitBlockRows = 32;
/// Dimensions come in multiples of this.
inline constexpr std::size_t kBitMultiple = 64;

/// The most that a table's entry may be: four of them fit a byte, which halves the work of adding
/// them up in sixteen bits.
inline constexpr std::uint8_t kMostBitEntry = 63;

/// Bytes of a block of 32 rows, and of a table: dims / 4 groups of 16 bytes.
constexpr std::size_t bit_block_bytes(std::size_t dims) { return dims * 4; }

/// Lays up to 32 rows of bits into a block; missing rows are zeros. rows: [count, dims / 8], bit d
/// of a row is bit d % 8 of byte d / 8. In byte j of group g of the block the low four bits are
/// dimensions 4 g .. 4 g + 3 of row j, the high four those of row j + 16.
void pack_bit_block(std::span<const std::uint8_t> rows, std::size_t dims,
                    std::span<std::uint8_t> block);

/// What a sum of bytes stands for: the sum of the query's numbers at set bits is about
/// offset + scale * sum. Off by at most scale / 2 a group; independent roundings make that about
/// scale * sqrt(groups / 12).
struct BitTableScale {
  float scale = 0;
  float offset = 0;
};

/// Makes the table of a finite query [dims], which may have length 0.
BitTableScale make_bit_table(std::span<const float> query, std::span<std::uint8_t> table,
                             Isa isa = active_isa());

/// sums[j] = the sum over groups g of table[g][the four bits of row j]; no entry is above
/// kMostBitEntry. block and table have one size, bit_block_bytes of a multiple of 64 dimensions up
/// to 2^22 (SEMEME_CHECKed).
void bit_sums(std::span<const std::uint8_t> block, std::span<const std::uint8_t> table,
              std::span<std::uint32_t, kBitBlockRows> sums, Isa isa = active_isa());

/// What sums of bytes are turned into: factors[j] * (start + step * sums[j]) + offsets[j].
struct BitScoring {
  float start = 0;
  float step = 0;
  float threshold = 0;  ///< to compare scores with
  std::span<const float, kBitBlockRows> factors;
  std::span<const float, kBitBlockRows> offsets;
};
/// scores[j], each rounded twice (fused): the same bits on every tier. Gives a bit j for each that
/// is above the threshold: few are, and a second look at scores that went out of the first-level
/// cache took a sixth of a scan.
std::uint32_t bit_scores(std::span<const std::uint8_t> block, std::span<const std::uint8_t> table,
                         const BitScoring& scoring, std::span<float, kBitBlockRows> scores,
                         Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_BIT_SUMS_H_
