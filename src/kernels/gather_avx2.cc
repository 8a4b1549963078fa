// The AVX2 tier of gather.h.
#if defined(__x86_64__)

#include <cstring>

#include "kernels/gather_table.h"
#include "kernels/simd_avx2.h"
#include "kernels/widen_avx2.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2 {
namespace {

constexpr int kGatherRegs = 8;

// Up to 16 bytes from `from`, zeros behind them.
SEMEME_ALWAYS_INLINE __m128i load_bytes(const std::byte* from, std::size_t bytes) {
  alignas(16) unsigned char buffer[16] = {};
  __builtin_memcpy(buffer, from, bytes);
  return _mm_load_si128(reinterpret_cast<const __m128i*>(buffer));
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
    return widen_f16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return widen_f16(load_bytes(from, 2 * count));
  }
};

struct Bf16Row {
  static constexpr std::size_t kBytes = 2;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return widen(load_bytes(from, 2 * count));
  }

 private:
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(__m128i halves) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
};

struct I8Row {
  static constexpr std::size_t kBytes = 1;
  static SEMEME_ALWAYS_INLINE Simd::Reg load(const std::byte* from) {
    return widen(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg load_first(const std::byte* from, std::size_t count) {
    return widen(load_bytes(from, count));
  }

 private:
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(__m128i bytes) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
  }
};

struct Shorts {
  using Reg = __m256i;
  static SEMEME_ALWAYS_INLINE Reg zero() { return _mm256_setzero_si256(); }
  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) { return _mm256_add_epi16(a, b); }
  static SEMEME_ALWAYS_INLINE Reg widen(const std::byte* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  /// The lower or the upper eight as f32.
  static SEMEME_ALWAYS_INLINE Simd::Reg half(Reg a, int upper) {
    const __m128i part = upper == 0 ? _mm256_castsi256_si128(a) : _mm256_extracti128_si256(a, 1);
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(part));
  }
};

#include "kernels/gather_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx2
SEMEME_TARGET_END

namespace sememe::kernels {

const GatherTable kAvx2Gather = {{avx2::gather_sum<avx2::F32Row>, avx2::gather_sum<avx2::F16Row>,
                                  avx2::gather_sum<avx2::Bf16Row>, avx2::gather_sum_bytes}};

}  // namespace sememe::kernels

#endif  // __x86_64__
