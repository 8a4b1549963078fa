// The AVX-512 tier of gather.h.
#if defined(__x86_64__)

#include "kernels/gather_table.h"
#include "kernels/simd_avx512.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512 {
namespace {

constexpr int kGatherRegs = 16;

SEMEME_ALWAYS_INLINE __mmask16 first_lanes(std::size_t count) {
  return static_cast<__mmask16>((1U << count) - 1);
}

struct F32Row {
  static constexpr std::size_t kBytes = 4;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return Simd::load(reinterpret_cast<const float*>(from));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return Simd::load_first(reinterpret_cast<const float*>(from), count);
  }
};

struct F16Row {
  static constexpr std::size_t kBytes = 2;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first_lanes(count), from));
  }
};

struct Bf16Row {
  static constexpr std::size_t kBytes = 2;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return widen(_mm256_maskz_loadu_epi16(first_lanes(count), from));
  }

 private:
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
};

struct I8Row {
  static constexpr std::size_t kBytes = 1;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return widen(_mm_maskz_loadu_epi8(first_lanes(count), from));
  }

 private:
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(__m128i bytes) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
  }
};

struct Shorts {
  using Reg = __m512i;
  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm512_setzero_si512(); }
  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) { return _mm512_add_epi16(a, b); }
  static SEMEME_ALWAYS_INLINE Reg widen(const std::byte* from) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  /// The lower or the upper sixteen as f32.
  static SEMEME_ALWAYS_INLINE Simd::Reg half(Reg a, int upper) {
    const __m256i part = upper == 0 ? _mm512_castsi512_si256(a) : _mm512_extracti64x4_epi64(a, 1);
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(part));
  }
};

#include "kernels/gather_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx512
SEMEME_TARGET_END

namespace sememe::kernels {

const GatherTable kAvx512Gather = {{avx512::gather_sum<avx512::F32Row>,
                                    avx512::gather_sum<avx512::F16Row>,
                                    avx512::gather_sum<avx512::Bf16Row>, avx512::gather_sum_bytes}};

}  // namespace sememe::kernels

#endif  // __x86_64__
