// The AVX2 tier of edges.h.
#if defined(__x86_64__)

#include "kernels/edges_table.h"
#include "kernels/simd_avx2_pair.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_edges {
namespace {

using avx2_pair::Simd;

struct EdgeLanes {
  static SEMEME_ALWAYS_INLINE unsigned positive(const Simd::Reg& x) {
    return mask(above_zero(x.low), above_zero(x.high));
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg with_sign_of(const Simd::Reg& p, const Simd::Reg& r) {
    return {signed_half(p.low, r.low), signed_half(p.high, r.high)};
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(const std::uint16_t* from) {
    return {widen_half(from), widen_half(from + 8)};
  }
  static SEMEME_ALWAYS_INLINE unsigned below(const Simd::Reg& x, float bound) {
    const __m256 limit = _mm256_set1_ps(bound);
    return mask(_mm256_cmp_ps(x.low, limit, _CMP_LT_OQ), _mm256_cmp_ps(x.high, limit, _CMP_LT_OQ));
  }

 private:
  static SEMEME_ALWAYS_INLINE unsigned mask(__m256 low, __m256 high) {
    return static_cast<unsigned>(_mm256_movemask_ps(low)) |
           static_cast<unsigned>(_mm256_movemask_ps(high)) << 8;
  }
  static SEMEME_ALWAYS_INLINE __m256 above_zero(__m256 x) {
    return _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_GT_OQ);
  }
  static SEMEME_ALWAYS_INLINE __m256 signed_half(__m256 p, __m256 r) {
    return _mm256_xor_ps(p, _mm256_andnot_ps(above_zero(r), _mm256_set1_ps(-0.0F)));
  }
  static SEMEME_ALWAYS_INLINE __m256 widen_half(const std::uint16_t* from) {
    const __m128i shorts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(shorts), 16));
  }
};

#include "kernels/edges_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx2_edges
SEMEME_TARGET_END

namespace sememe::kernels {

const EdgesTable kAvx2Edges = {.encode = avx2_edges::encode_edge,
                               .estimate = avx2_edges::estimate_edges,
                               .merge = merge_by_moving};

}  // namespace sememe::kernels

#endif  // __x86_64__
