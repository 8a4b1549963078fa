// The NEON tier of bit_rows.h.
#if defined(__aarch64__)

#include "kernels/bit_rows_table.h"
#include "kernels/simd_neon.h"
#include "kernels/target.h"

namespace sememe::kernels::neon_bit_rows {
namespace {

SEMEME_ALWAYS_INLINE std::int32_t sum_at_bits(const std::int8_t* query, const std::uint8_t* code,
                                              std::size_t dims) {
  const uint8x16_t each = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201ULL));
  int32x4_t sum = vdupq_n_s32(0);
  for (std::size_t d = 0; d < dims; d += 16) {
    const uint8x16_t bits = vcombine_u8(vdup_n_u8(code[d / 8]), vdup_n_u8(code[d / 8 + 1]));
    const uint8x16_t set = vtstq_u8(bits, each);
    const int8x16_t bytes = vandq_s8(vld1q_s8(query + d), vreinterpretq_s8_u8(set));
    sum = vpadalq_s16(sum, vpaddlq_s8(bytes));
  }
  return vaddvq_s32(sum);
}

#include "kernels/bit_rows_inl.h"

}  // namespace
}  // namespace sememe::kernels::neon_bit_rows

namespace sememe::kernels {

const EstimateBitRows kNeonBitRows = neon_bit_rows::estimate_bit_rows;

}  // namespace sememe::kernels

#endif  // __aarch64__
