// The AVX2 tier of bit_rows.h.
#if defined(__x86_64__)

#include "kernels/bit_rows_table.h"
#include "kernels/simd_avx2_pair.h"
#include "kernels/target.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_bit_rows {
namespace {

// Each of 32 bits as a byte of ones or zeros.
SEMEME_ALWAYS_INLINE __m256i spread(const std::uint8_t* code) {
  int bits;
  __builtin_memcpy(&bits, code, sizeof bits);
  const __m256i bytes =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i each = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
  const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), bytes);
  return _mm256_cmpeq_epi8(_mm256_and_si256(spread, each), each);
}

SEMEME_ALWAYS_INLINE std::int32_t sum_at_bits(const std::int8_t* query, const std::uint8_t* code,
                                              std::size_t dims) {
  const __m256i ones = _mm256_set1_epi8(1);
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t d = 0; d < dims; d += 32) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query + d));
    const __m256i pairs = _mm256_maddubs_epi16(ones, _mm256_and_si256(bytes, spread(code + d / 8)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  return avx2_pair::Simd::sum_int({sum, _mm256_setzero_si256()});
}

#include "kernels/bit_rows_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx2_bit_rows
SEMEME_TARGET_END

namespace sememe::kernels {

const EstimateBitRows kAvx2BitRows = avx2_bit_rows::estimate_bit_rows;

}  // namespace sememe::kernels

#endif  // __x86_64__
