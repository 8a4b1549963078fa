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

// Sixteen places, as they were read.
struct PlacesVector {
  __m512 distances;
  __m512i ids;
  SEMEME_ALWAYS_INLINE PlacesVector(const SortedPlaces& places, std::size_t first)
      : distances(_mm512_loadu_ps(places.distances + first)),
        ids(_mm512_loadu_si512(places.ids + first)) {}
  SEMEME_ALWAYS_INLINE unsigned less_far_than(float distance) const {
    return static_cast<unsigned>(
        __builtin_popcount(_mm512_cmp_ps_mask(distances, _mm512_set1_ps(distance), _CMP_LT_OQ)));
  }
  SEMEME_ALWAYS_INLINE void put(const SortedPlaces& places, std::size_t first,
                                __mmask16 lanes) const {
    _mm512_mask_storeu_ps(places.distances + first, lanes, distances);
    _mm512_mask_storeu_epi32(places.ids + first, lanes, ids);
  }
};

// From the end, where most entries go: places move on by as many entries as are still to come to
// lie before them.
std::size_t merge_sorted(const SortedPlaces& places, const SortedEntries& entries) {
  std::size_t left = entries.size();
  std::size_t at = places.count;
  for (std::size_t first = places.count; left > 0 && first > 0;) {
    first -= 16;
    const PlacesVector vector(places, first);
    unsigned end = 16;
    while (left > 0) {
      const unsigned lane = vector.less_far_than(entries.distances()[left - 1]);
      const unsigned lanes = (0xFFFFU << lane) & ~(0xFFFFU << end);
      vector.put(places, first + left, static_cast<__mmask16>(lanes));
      end = lane;
      if (lane == 0 && first > 0) break;
      --left;
      at = first + lane;
      places.distances[at + left] = entries.distances()[left];
      places.ids[at + left] = entries.ids()[left];
    }
  }
  return at;
}

}  // namespace
}  // namespace sememe::kernels::avx512_edges
SEMEME_TARGET_END

namespace sememe::kernels {

const EdgesTable kAvx512Edges = {.encode = avx512_edges::encode_edge,
                                 .estimate = avx512_edges::estimate_edges,
                                 .merge = avx512_edges::merge_sorted};

}  // namespace sememe::kernels

#endif  // __x86_64__
