// The AVX-512 tier of edges.h.
#if defined(__x86_64__)

#include "kernels/edges_table.h"
#include "kernels/simd_avx512.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512_edges {
namespace {

using avx512::Simd;

struct EdgeLanes {
  static SEMEME_ALWAYS_INLINE unsigned positive(__m512 x) {
    return _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GT_OQ);
  }
  static SEMEME_ALWAYS_INLINE __m512 with_sign_of(__m512 p, __m512 r) {
    const __mmask16 others = static_cast<__mmask16>(~positive(r));
    return _mm512_mask_xor_ps(p, others, p, _mm512_set1_ps(-0.0F));
  }
  static SEMEME_ALWAYS_INLINE __m512 widen(const std::uint16_t* from) {
    const __m256i shorts = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(shorts), 16));
  }
  static SEMEME_ALWAYS_INLINE unsigned below(__m512 x, float bound) {
    return _mm512_cmp_ps_mask(x, _mm512_set1_ps(bound), _CMP_LT_OQ);
  }
};

#include "kernels/edges_inl.h"

// Moves places [16 v, 16 v + 16) from `first` on one place further, and puts the entry there.
SEMEME_ALWAYS_INLINE void move_and_put(const SortedPlaces& places, std::size_t v, __mmask16 first,
                                       __mmask16 at, __m512 distance, __m512i id) {
  float* d = places.distances + 16 * v;
  std::uint32_t* i = places.ids + 16 * v;
  const __m512 moved = _mm512_mask_loadu_ps(_mm512_loadu_ps(d), first, d - 1);
  const __m512i moved_ids = _mm512_mask_loadu_epi32(_mm512_loadu_si512(i), first, i - 1);
  _mm512_storeu_ps(d, _mm512_mask_mov_ps(moved, at, distance));
  _mm512_storeu_si512(i, _mm512_mask_mov_epi32(moved_ids, at, id));
}

// From the end, where most entries go: places move on until the vector that the entry belongs into.
std::size_t insert_sorted(const SortedPlaces& places, float distance, std::uint32_t id) {
  const __m512 entry = _mm512_set1_ps(distance);
  const __m512i ids = _mm512_set1_epi32(static_cast<int>(id));
  std::size_t v = places.count / 16 - 1;
  for (; v > 0 && !(places.distances[16 * v - 1] < distance); --v) {
    move_and_put(places, v, 0xFFFF, 0, entry, ids);
  }
  const __m512 d = _mm512_loadu_ps(places.distances + 16 * v);
  const unsigned lane =
      static_cast<unsigned>(__builtin_popcount(_mm512_cmp_ps_mask(d, entry, _CMP_LT_OQ)));
  move_and_put(places, v, static_cast<__mmask16>(0xFFFFU << lane),
               static_cast<__mmask16>(1U << lane), entry, ids);
  return 16 * v + lane;
}

}  // namespace
}  // namespace sememe::kernels::avx512_edges
SEMEME_TARGET_END

namespace sememe::kernels {

const EdgesTable kAvx512Edges = {.encode = avx512_edges::encode_edge,
                                 .estimate = avx512_edges::estimate_edges,
                                 .insert = avx512_edges::insert_sorted};

}  // namespace sememe::kernels

#endif  // __x86_64__
