// Shuffles of 256 bits that the AVX2 and AVX-VNNI tiers of functions on codes share. Include
// outside any target region.
#ifndef SEMEME_KERNELS_CODE_LANES_AVX2_H_
#define SEMEME_KERNELS_CODE_LANES_AVX2_H_

#include <cstdint>

#include "kernels/simd_avx2_pair.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_pair {

template <int kStride>
SEMEME_ALWAYS_INLINE __m256 swap_half_lanes(__m256 x) {
  if constexpr (kStride == 1) return _mm256_permute_ps(x, 0xB1);
  if constexpr (kStride == 2) return _mm256_permute_ps(x, 0x4E);
  if constexpr (kStride == 4) return _mm256_permute2f128_ps(x, x, 1);
}

template <int kStride>
SEMEME_ALWAYS_INLINE Simd::Reg swap_lanes(const Simd::Reg& x) {
  if constexpr (kStride == 8) {
    return {x.high, x.low};
  } else {
    return {swap_half_lanes<kStride>(x.low), swap_half_lanes<kStride>(x.high)};
  }
}

struct ShuffleLanes {
  static constexpr std::size_t kGroups = 2;
  using Reg = __m256i;
  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm256_setzero_si256(); }
  static SEMEME_ALWAYS_INLINE Reg load(const std::uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static SEMEME_ALWAYS_INLINE Reg low_nibbles(Reg a) {
    return _mm256_and_si256(a, _mm256_set1_epi8(15));
  }
  static SEMEME_ALWAYS_INLINE Reg high_nibbles(Reg a) {
    return low_nibbles(_mm256_srli_epi16(a, 4));
  }
  static SEMEME_ALWAYS_INLINE Reg look_up(Reg table, Reg nibbles) {
    return _mm256_shuffle_epi8(table, nibbles);
  }
  static SEMEME_ALWAYS_INLINE Reg add_bytes(Reg a, Reg b) { return _mm256_add_epi8(a, b); }
  static SEMEME_ALWAYS_INLINE Reg add_shorts(Reg a, Reg b) { return _mm256_add_epi16(a, b); }
  static SEMEME_ALWAYS_INLINE Reg upper_bytes(Reg a) { return _mm256_srli_epi16(a, 8); }
  /// Of its two halves.
  static SEMEME_ALWAYS_INLINE __m128i total_shorts(Reg a) {
    return _mm_add_epi16(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  }
};

SEMEME_ALWAYS_INLINE std::int32_t sum_of_eight(__m256i a) {
  return Simd::sum_int({a, _mm256_setzero_si256()});
}

/// NibbleLanes of nibble_sums_inl.h without their products, which are the tier's.
struct NibbleLanes {
  static constexpr std::size_t kRows = 8;
  using Sum = __m256i;
  struct Query {
    __m256i low;
    __m256i high;
  };
  static SEMEME_ALWAYS_INLINE Sum zero() { return _mm256_setzero_si256(); }
  static SEMEME_ALWAYS_INLINE Query load_query(const std::int8_t* from) {
    return {_mm256_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(from))),
            _mm256_set1_epi32(_mm_cvtsi128_si32(_mm_loadu_si32(from + 4)))};
  }
  static SEMEME_ALWAYS_INLINE void store(std::int32_t* to, Sum a, Sum b) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_add_epi32(a, b));
  }
};

}  // namespace sememe::kernels::avx2_pair
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_CODE_LANES_AVX2_H_
