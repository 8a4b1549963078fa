// The functions of one instruction tier on codes of vectors, behind hadamard.h, half_dot.h,
// byte_dot.h, nibble_sums.h and bit_sums.h. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_CODE_TABLE_H_
#define SEMEME_KERNELS_CODE_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"
#include "kernels/bit_sums.h"
#include "kernels/scan_ahead.h"

namespace sememe::kernels {

struct ByteDotBlock {
  const std::int8_t* query;
  std::size_t n;
  const std::int8_t* rows;
  std::size_t stride;        ///< bytes
  const std::uint32_t* ids;  ///< [count], or null for rows 0 .. count
  std::size_t count;
  std::int32_t* out;
};

struct NibbleBlock {
  const std::uint8_t* codes;
  const std::int8_t* query;
  std::size_t dims;
  std::size_t ahead;  ///< bytes, or 0
  std::int32_t* sums;
};

/// Of groups of four dimensions: the lowest sum of some of their numbers, and the sum of sizes,
/// which is how far the highest lies above it.
struct BitRanges {
  float lowest;  ///< total of the lowest sums
  float widest;
};

/// Entries of the table of a query: (the sum of numbers at set bits - the lowest) * inverse, to the
/// nearest.
struct BitTableBlock {
  const float* query;
  const float* low;  ///< [dims], from bit_ranges
  std::size_t dims;
  float inverse;
  std::uint8_t* table;
};

/// 1 / sqrt(2).
inline constexpr float kHalfTurn = 0.70710678F;

/// Entries whose sum is below 2^8, and groups whose sums are below 2^16.
inline constexpr std::size_t kByteSumEntries = 4;
static_assert(kByteSumEntries * kMostBitEntry < (1U << 8));
inline constexpr std::size_t kShortSumGroups = 1024;
static_assert(kShortSumGroups * kMostBitEntry < (1U << 16));

struct CodeTable {
  /// out [count] = the numbers of halves; count: a multiple of 16.
  void (*widen_halves)(const std::uint16_t* from, std::size_t count, float* out);
  /// n: a multiple of 32.
  void (*half_dots)(const float* query, const std::uint16_t* rows, std::size_t n, std::size_t count,
                    float* out);
  /// n: a power of two, at least 16 but for the scalar tier. signs: [n] or null.
  void (*hadamard)(float* values, const float* signs, std::size_t n, float factor);
  /// half: a multiple of 16.
  void (*mix_halves)(float* values, const float* signs, std::size_t half);
  void (*byte_dots)(const ByteDotBlock& block);
  /// dims: a multiple of 64 (nibble_sums.h).
  void (*nibble_sums)(const NibbleBlock& block);
  /// low: [dims], of each dimension the lowest sum of its group. dims: a multiple of 16.
  BitRanges (*bit_ranges)(const float* query, std::size_t dims, float* low);
  void (*bit_table)(const BitTableBlock& block);
  /// sums: [32]. groups: a multiple of 16.
  void (*bit_sums)(const std::uint8_t* block, const std::uint8_t* table, std::size_t groups,
                   std::uint32_t* sums);
  /// Of the sums of a block. Gives a bit for each that is above the threshold.
  std::uint32_t (*score_sums)(const std::int32_t* sums, const BitScoring& scoring, float* scores);
};

/// Whether lane i of sixteen is a member of a group's bit b: bit b of i, as 1.0 or 0.0; and the
/// sign that it has in a butterfly of stride 2^b.
struct LaneBits {
  alignas(64) float set[4][16] = {};
  alignas(64) float sign[4][16] = {};
  constexpr LaneBits() {
    for (std::size_t b = 0; b < 4; ++b) {
      for (std::size_t i = 0; i < 16; ++i) {
        set[b][i] = (i >> b) % 2 == 1 ? 1.0F : 0.0F;
        sign[b][i] = (i >> b) % 2 == 1 ? -1.0F : 1.0F;
      }
    }
  }
};
inline constexpr LaneBits kLaneBits;

const CodeTable& code_table(Isa isa);

extern const CodeTable kScalarCodes;
#if defined(__x86_64__)
extern const CodeTable kAvx2Codes;
extern const CodeTable kAvx512Codes;
const CodeTable& avxvnni_code_table();
#elif defined(__aarch64__)
/// With what this processor has: dot products of bytes or not.
const CodeTable& neon_code_table();
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_CODE_TABLE_H_
