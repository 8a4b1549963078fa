// The AVX-512 tier of bit_rows.h: 64 bits are a mask.
#if defined(__x86_64__)

#include "kernels/bit_rows_table.h"
#include "kernels/simd_avx512.h"
#include "kernels/target.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512_bit_rows {
namespace {

SEMEME_ALWAYS_INLINE std::int32_t sum_at_bits(const std::int8_t* query, const std::uint8_t* code,
                                              std::size_t dims) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t d = 0; d < dims; d += 64) {
    __mmask64 bits;
    __builtin_memcpy(&bits, code + d / 8, sizeof bits);
    sum = _mm512_dpbusd_epi32(sum, ones, _mm512_maskz_loadu_epi8(bits, query + d));
  }
  return avx512::Simd::sum_int(sum);
}

#include "kernels/bit_rows_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx512_bit_rows
SEMEME_TARGET_END

namespace sememe::kernels {

const EstimateBitRows kAvx512BitRows = avx512_bit_rows::estimate_bit_rows;

}  // namespace sememe::kernels

#endif  // __x86_64__
