// The AVX2 tier of functions on codes.
#if defined(__x86_64__)

#include "kernels/code_lanes_avx2.h"
#include "kernels/code_table.h"
#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/widen_avx2.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_codes {

using avx2_pair::ShuffleLanes;
using avx2_pair::Simd;
using avx2_pair::swap_lanes;

// clang-format off: each uses the ones before it.
#include "kernels/integer_product_avx2_inl.h"
// clang-format on

SEMEME_ALWAYS_INLINE Simd::Reg load_halves(const std::uint16_t* from) {
  const auto* at = reinterpret_cast<const __m128i*>(from);
  return {avx2::widen_f16(_mm_loadu_si128(at)), avx2::widen_f16(_mm_loadu_si128(at + 1))};
}

// Bytes are widened: without VNNI there is no product of theirs that cannot saturate.
struct ByteLanes {
  static constexpr std::size_t kWidth = 16;
  using Sum = __m256i;
  static SEMEME_ALWAYS_INLINE Sum zero() { return _mm256_setzero_si256(); }
  static SEMEME_ALWAYS_INLINE __m256i load_query(const std::int8_t* from) { return load_row(from); }
  static SEMEME_ALWAYS_INLINE __m256i load_row(const std::int8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, __m256i row, __m256i query) {
    return avx2_codes::multiply_add<true>(sum, row, query);
  }
  static SEMEME_ALWAYS_INLINE std::int32_t total(Sum sum) { return avx2_pair::sum_of_eight(sum); }
  static SEMEME_ALWAYS_INLINE std::int32_t offset(const std::int8_t*, std::size_t) { return 0; }
};

// Pairs of products of a level, 15 at most, fit 16 bits, and two such pairs too.
struct NibbleLanes : avx2_pair::NibbleLanes {
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const std::uint8_t* codes,
                                               const Query& query) {
    const __m256i bytes = ShuffleLanes::load(codes);
    const __m256i pairs =
        _mm256_add_epi16(_mm256_maddubs_epi16(ShuffleLanes::low_nibbles(bytes), query.low),
                         _mm256_maddubs_epi16(ShuffleLanes::high_nibbles(bytes), query.high));
    return avx2_codes::multiply_add<true>(sum, pairs, _mm256_set1_epi16(1));
  }
};

// clang-format off: each uses the ones before it.
#include "kernels/code_inl.h"
#include "kernels/byte_dot_inl.h"
#include "kernels/bit_sums_x86_inl.h"
#include "kernels/half_dot_inl.h"
#include "kernels/nibble_sums_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx2_codes
SEMEME_TARGET_END

namespace sememe::kernels {

const CodeTable kAvx2Codes = {.widen_halves = avx2_codes::widen_halves,
                              .half_dots = avx2_codes::half_dots,
                              .hadamard = avx2_codes::hadamard,
                              .mix_halves = avx2_codes::mix_halves,
                              .byte_dots = avx2_codes::byte_dots,
                              .nibble_sums = avx2_codes::nibble_sums,
                              .bit_ranges = avx2_codes::bit_ranges,
                              .bit_table = avx2_codes::bit_table,
                              .bit_sums = avx2_codes::bit_sums,
                              .score_sums = avx2_codes::score_sums};

}  // namespace sememe::kernels

#endif  // __x86_64__
