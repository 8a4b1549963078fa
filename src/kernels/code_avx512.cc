// The AVX-512 tier of functions on codes.
#if defined(__x86_64__)

#include "kernels/code_table.h"
#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_avx512.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512_codes {

using avx512::Simd;

template <int kStride>
SEMEME_ALWAYS_INLINE __m512 swap_lanes(__m512 x) {
  if constexpr (kStride == 1) return _mm512_permute_ps(x, 0xB1);
  if constexpr (kStride == 2) return _mm512_permute_ps(x, 0x4E);
  if constexpr (kStride == 4) return _mm512_shuffle_f32x4(x, x, 0xB1);
  if constexpr (kStride == 8) return _mm512_shuffle_f32x4(x, x, 0x4E);
}

SEMEME_ALWAYS_INLINE __m512 load_halves(const std::uint16_t* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

struct ShuffleLanes {
  static constexpr std::size_t kGroups = 4;
  using Reg = __m512i;
  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm512_setzero_si512(); }
  static SEMEME_ALWAYS_INLINE Reg load(const std::uint8_t* from) {
    return _mm512_loadu_si512(from);
  }
  static SEMEME_ALWAYS_INLINE Reg low_nibbles(Reg a) {
    return _mm512_and_si512(a, _mm512_set1_epi8(15));
  }
  static SEMEME_ALWAYS_INLINE Reg high_nibbles(Reg a) {
    return low_nibbles(_mm512_srli_epi16(a, 4));
  }
  static SEMEME_ALWAYS_INLINE Reg look_up(Reg table, Reg nibbles) {
    return _mm512_shuffle_epi8(table, nibbles);
  }
  static SEMEME_ALWAYS_INLINE Reg add_bytes(Reg a, Reg b) { return _mm512_add_epi8(a, b); }
  static SEMEME_ALWAYS_INLINE Reg add_shorts(Reg a, Reg b) { return _mm512_add_epi16(a, b); }
  static SEMEME_ALWAYS_INLINE Reg upper_bytes(Reg a) { return _mm512_srli_epi16(a, 8); }
  /// Of its four quarters.
  static SEMEME_ALWAYS_INLINE __m128i total_shorts(Reg a) {
    const __m256i half =
        _mm256_add_epi16(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
    return _mm_add_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  }
};

// clang-format off: each uses the ones before it.
#include "kernels/integer_product_avx512_inl.h"
// clang-format on

// Rows are made unsigned, as the first factor must be.
struct ByteLanes {
  static constexpr std::size_t kWidth = 64;
  using Sum = __m512i;
  static SEMEME_ALWAYS_INLINE Sum zero() { return _mm512_setzero_si512(); }
  static SEMEME_ALWAYS_INLINE __m512i load_query(const std::int8_t* from) {
    return _mm512_loadu_si512(from);
  }
  static SEMEME_ALWAYS_INLINE __m512i load_row(const std::int8_t* from) {
    return _mm512_xor_si512(_mm512_loadu_si512(from), _mm512_set1_epi8(-128));
  }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, __m512i row, __m512i query) {
    return avx512_codes::multiply_add<false>(sum, row, query);
  }
  static SEMEME_ALWAYS_INLINE std::int32_t total(Sum sum) { return Simd::sum_int(sum); }
  /// 128 times the sum of the query.
  static SEMEME_ALWAYS_INLINE std::int32_t offset(const std::int8_t* query, std::size_t n) {
    Sum sum = zero();
    for (std::size_t i = 0; i < n; i += kWidth) {
      sum = multiply_add(sum, _mm512_set1_epi8(-128), load_query(query + i));
    }
    return total(sum);
  }
};

struct NibbleLanes {
  static constexpr std::size_t kRows = 16;
  using Sum = __m512i;
  struct Query {
    __m512i low;
    __m512i high;
  };
  static SEMEME_ALWAYS_INLINE Sum zero() { return _mm512_setzero_si512(); }
  static SEMEME_ALWAYS_INLINE Query load_query(const std::int8_t* from) {
    return {_mm512_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(from))),
            _mm512_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(from + 4)))};
  }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const std::uint8_t* codes,
                                               const Query& query) {
    const __m512i bytes = ShuffleLanes::load(codes);
    sum = avx512_codes::multiply_add<false>(sum, ShuffleLanes::low_nibbles(bytes), query.low);
    return avx512_codes::multiply_add<false>(sum, ShuffleLanes::high_nibbles(bytes), query.high);
  }
  static SEMEME_ALWAYS_INLINE void store(std::int32_t* to, Sum a, Sum b) {
    _mm512_storeu_si512(to, _mm512_add_epi32(a, b));
  }
};

// clang-format off: each uses the ones before it.
#include "kernels/code_inl.h"
#include "kernels/byte_dot_inl.h"
#include "kernels/bit_sums_x86_inl.h"
#include "kernels/half_dot_inl.h"
#include "kernels/nibble_sums_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx512_codes
SEMEME_TARGET_END

namespace sememe::kernels {

const CodeTable kAvx512Codes = {.widen_halves = avx512_codes::widen_halves,
                                .half_dots = avx512_codes::half_dots,
                                .hadamard = avx512_codes::hadamard,
                                .mix_halves = avx512_codes::mix_halves,
                                .byte_dots = avx512_codes::byte_dots,
                                .nibble_sums = avx512_codes::nibble_sums,
                                .bit_ranges = avx512_codes::bit_ranges,
                                .bit_table = avx512_codes::bit_table,
                                .bit_sums = avx512_codes::bit_sums,
                                .score_sums = avx512_codes::score_sums};

}  // namespace sememe::kernels

#endif  // __x86_64__
