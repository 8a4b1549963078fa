// The NEON tier of functions on codes. Products of bytes by sdot where the processor has it,
// otherwise as 16-bit products that are added up in 32 bits.
#if defined(__aarch64__)

#include <cstring>

#include "kernels/code_table.h"
#include "kernels/constants.h"
#include "kernels/integer_product_neon.h"
#include "kernels/simd_neon.h"

namespace sememe::kernels::neon_codes {

using neon::Simd;

template <int kStride>
SEMEME_ALWAYS_INLINE Simd::Reg swap_lanes(const Simd::Reg& x) {
  Simd::Reg out;
#pragma GCC unroll 4
  for (std::size_t q = 0; q < 4; ++q) {
    if constexpr (kStride == 1) out.quad[q] = vrev64q_f32(x.quad[q]);
    if constexpr (kStride == 2) out.quad[q] = vextq_f32(x.quad[q], x.quad[q], 2);
    if constexpr (kStride >= 4) out.quad[q] = x.quad[q ^ (kStride / 4)];
  }
  return out;
}

SEMEME_ALWAYS_INLINE Simd::Reg load_halves(const std::uint16_t* from) {
  Simd::Reg out;
#pragma GCC unroll 4
  for (std::size_t q = 0; q < 4; ++q) {
    out.quad[q] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from + 4 * q)));
  }
  return out;
}

struct ByteLanes {
  static constexpr std::size_t kWidth = 16;
  using Sum = int32x4_t;
  static SEMEME_ALWAYS_INLINE Sum zero() { return vdupq_n_s32(0); }
  static SEMEME_ALWAYS_INLINE int8x16_t load_query(const std::int8_t* from) {
    return vld1q_s8(from);
  }
  static SEMEME_ALWAYS_INLINE int8x16_t load_row(const std::int8_t* from) { return vld1q_s8(from); }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, int8x16_t row, int8x16_t query) {
    const int16x8_t low = vmull_s8(vget_low_s8(row), vget_low_s8(query));
    return vpadalq_s16(vpadalq_s16(sum, low), vmull_high_s8(row, query));
  }
  static SEMEME_ALWAYS_INLINE std::int32_t total(Sum sum) { return vaddvq_s32(sum); }
  static SEMEME_ALWAYS_INLINE std::int32_t offset(const std::int8_t*, std::size_t) { return 0; }
};

// NibbleLanes of nibble_sums_inl.h without their products.
struct NibbleRows {
  static constexpr std::size_t kRows = 4;
  using Sum = int32x4_t;
  struct Query {
    int8x16_t low;
    int8x16_t high;
  };
  static SEMEME_ALWAYS_INLINE Sum zero() { return vdupq_n_s32(0); }
  static SEMEME_ALWAYS_INLINE Query load_query(const std::int8_t* from) {
    return {four_times(from), four_times(from + 4)};
  }
  static SEMEME_ALWAYS_INLINE int8x16_t low_nibbles(uint8x16_t bytes) {
    return vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
  }
  static SEMEME_ALWAYS_INLINE int8x16_t high_nibbles(uint8x16_t bytes) {
    return vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
  }
  static SEMEME_ALWAYS_INLINE void store(std::int32_t* to, Sum a, Sum b) {
    vst1q_s32(to, vaddq_s32(a, b));
  }

 private:
  static SEMEME_ALWAYS_INLINE int8x16_t four_times(const std::int8_t* from) {
    std::int32_t bytes = 0;
    std::memcpy(&bytes, from, sizeof(bytes));
    return vreinterpretq_s8_s32(vdupq_n_s32(bytes));
  }
};

// Pairs of products of a level, 15 at most, fit 16 bits.
struct NibbleLanes : NibbleRows {
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const std::uint8_t* codes,
                                               const Query& query) {
    const uint8x16_t bytes = vld1q_u8(codes);
    return add_fours(add_fours(sum, low_nibbles(bytes), query.low), high_nibbles(bytes),
                     query.high);
  }

 private:
  static SEMEME_ALWAYS_INLINE Sum add_fours(Sum sum, int8x16_t levels, int8x16_t query) {
    const int16x8_t low = vmull_s8(vget_low_s8(levels), vget_low_s8(query));
    return vpadalq_s16(sum, vpaddq_s16(low, vmull_high_s8(levels, query)));
  }
};

// clang-format off: each uses the ones before it.
#include "kernels/code_inl.h"
#include "kernels/byte_dot_inl.h"
#include "kernels/half_dot_inl.h"
#include "kernels/nibble_sums_inl.h"
// clang-format on

// Sixteen rows: eight sums in 16 bits, twice.
struct ShortSums {
  uint16x8_t first = vdupq_n_u16(0);
  uint16x8_t second = vdupq_n_u16(0);

  SEMEME_ALWAYS_INLINE void add(uint8x16_t bytes) {
    first = vaddw_u8(first, vget_low_u8(bytes));
    second = vaddw_high_u8(second, bytes);
  }
  // Adds them to `sums`, or sets those.
  SEMEME_ALWAYS_INLINE void put(std::uint32_t* sums, bool adds) const {
    put_four(vget_low_u16(first), sums, adds);
    put_four(vget_high_u16(first), sums + 4, adds);
    put_four(vget_low_u16(second), sums + 8, adds);
    put_four(vget_high_u16(second), sums + 12, adds);
  }

 private:
  static SEMEME_ALWAYS_INLINE void put_four(uint16x4_t shorts, std::uint32_t* sums, bool adds) {
    vst1q_u32(sums, vaddw_u16(adds ? vld1q_u32(sums) : vdupq_n_u32(0), shorts));
  }
};

inline void bit_sums(const std::uint8_t* block, const std::uint8_t* table, std::size_t groups,
                     std::uint32_t* sums) {
  std::size_t first = 0;
  do {
    const bool adds = first > 0;
    ShortSums low;
    ShortSums high;
    const std::size_t end = groups - first > kShortSumGroups ? first + kShortSumGroups : groups;
    for (; first < end; first += kByteSumEntries) {
      uint8x16_t low_bytes = vdupq_n_u8(0);
      uint8x16_t high_bytes = vdupq_n_u8(0);
#pragma GCC unroll 4
      for (std::size_t g = first; g < first + kByteSumEntries; ++g) {
        const uint8x16_t codes = vld1q_u8(block + 16 * g);
        const uint8x16_t entries = vld1q_u8(table + 16 * g);
        low_bytes = vaddq_u8(low_bytes, vqtbl1q_u8(entries, vandq_u8(codes, vdupq_n_u8(15))));
        high_bytes = vaddq_u8(high_bytes, vqtbl1q_u8(entries, vshrq_n_u8(codes, 4)));
      }
      low.add(low_bytes);
      high.add(high_bytes);
    }
    low.put(sums, adds);
    high.put(sums + 16, adds);
  } while (first < groups);
}

}  // namespace sememe::kernels::neon_codes

SEMEME_TARGET_NEON_DOTPROD_BEGIN
namespace sememe::kernels::neon_codes_dotprod {

struct ByteLanes : neon_codes::ByteLanes {
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, int8x16_t row, int8x16_t query) {
    return vdotq_s32(sum, row, query);
  }
};

struct NibbleLanes : neon_codes::NibbleRows {
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const std::uint8_t* codes,
                                               const Query& query) {
    const uint8x16_t bytes = vld1q_u8(codes);
    return vdotq_s32(vdotq_s32(sum, low_nibbles(bytes), query.low), high_nibbles(bytes),
                     query.high);
  }
};

#include "kernels/byte_dot_inl.h"
#include "kernels/nibble_sums_inl.h"

}  // namespace sememe::kernels::neon_codes_dotprod
SEMEME_TARGET_END

namespace sememe::kernels {

const CodeTable& neon_code_table() {
  static const CodeTable table = {
      .widen_halves = neon_codes::widen_halves,
      .half_dots = neon_codes::half_dots,
      .hadamard = neon_codes::hadamard,
      .mix_halves = neon_codes::mix_halves,
      .byte_dots = neon::has_dotprod() ? neon_codes_dotprod::byte_dots : neon_codes::byte_dots,
      .nibble_sums =
          neon::has_dotprod() ? neon_codes_dotprod::nibble_sums : neon_codes::nibble_sums,
      .bit_ranges = neon_codes::bit_ranges,
      .bit_table = neon_codes::bit_table,
      .bit_sums = neon_codes::bit_sums,
      .score_sums = neon_codes::score_sums};
  return table;
}

}  // namespace sememe::kernels

#endif  // __aarch64__
