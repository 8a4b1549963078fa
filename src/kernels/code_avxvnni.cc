// The AVX-VNNI tier of functions on codes: AVX2 but for products of bytes.
#if defined(__x86_64__)

#include "kernels/code_lanes_avx2.h"
#include "kernels/code_table.h"
#include "kernels/quantized_table.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avxvnni_codes {

// clang-format off: each uses the ones before it.
#include "kernels/integer_product_avxvnni_inl.h"
// clang-format on

// Rows are made unsigned, as the first factor must be.
struct ByteLanes {
  static constexpr std::size_t kWidth = 32;
  using Sum = __m256i;
  static SEMEME_ALWAYS_INLINE Sum zero() { return _mm256_setzero_si256(); }
  static SEMEME_ALWAYS_INLINE __m256i load_query(const std::int8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static SEMEME_ALWAYS_INLINE __m256i load_row(const std::int8_t* from) {
    return _mm256_xor_si256(load_query(from), _mm256_set1_epi8(-128));
  }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, __m256i row, __m256i query) {
    return avxvnni_codes::multiply_add<false>(sum, row, query);
  }
  static SEMEME_ALWAYS_INLINE std::int32_t total(Sum sum) { return avx2_pair::sum_of_eight(sum); }
  /// 128 times the sum of the query.
  static SEMEME_ALWAYS_INLINE std::int32_t offset(const std::int8_t* query, std::size_t n) {
    Sum sum = zero();
    for (std::size_t i = 0; i < n; i += kWidth) {
      sum = multiply_add(sum, _mm256_set1_epi8(-128), load_query(query + i));
    }
    return total(sum);
  }
};

struct NibbleLanes : avx2_pair::NibbleLanes {
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const std::uint8_t* codes,
                                               const Query& query) {
    using avx2_pair::ShuffleLanes;
    const __m256i bytes = ShuffleLanes::load(codes);
    sum = avxvnni_codes::multiply_add<false>(sum, ShuffleLanes::low_nibbles(bytes), query.low);
    return avxvnni_codes::multiply_add<false>(sum, ShuffleLanes::high_nibbles(bytes), query.high);
  }
};

#include "kernels/byte_dot_inl.h"
#include "kernels/nibble_sums_inl.h"

}  // namespace sememe::kernels::avxvnni_codes
SEMEME_TARGET_END

namespace sememe::kernels {

const CodeTable& avxvnni_code_table() {
  static const CodeTable table = [] {
    CodeTable out = kAvx2Codes;
    out.byte_dots = avxvnni_codes::byte_dots;
    out.nibble_sums = avxvnni_codes::nibble_sums;
    return out;
  }();
  return table;
}

}  // namespace sememe::kernels

#endif  // __x86_64__
