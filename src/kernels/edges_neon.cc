// The NEON tier of edges.h.
#if defined(__aarch64__)

#include "kernels/edges_table.h"
#include "kernels/simd_neon.h"

namespace sememe::kernels::neon_edges {
namespace {

using neon::Simd;

struct EdgeLanes {
  static SEMEME_ALWAYS_INLINE unsigned positive(const Simd::Reg& x) {
    unsigned mask = 0;
#pragma GCC unroll 4
    for (unsigned q = 0; q < 4; ++q) mask |= mask_of(vcgtzq_f32(x.quad[q])) << (4 * q);
    return mask;
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg with_sign_of(const Simd::Reg& p, const Simd::Reg& r) {
    Simd::Reg out;
#pragma GCC unroll 4
    for (unsigned q = 0; q < 4; ++q) {
      const uint32x4_t others = vbicq_u32(vdupq_n_u32(0x80000000U), vcgtzq_f32(r.quad[q]));
      out.quad[q] = vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(p.quad[q]), others));
    }
    return out;
  }
  static SEMEME_ALWAYS_INLINE Simd::Reg widen(const std::uint16_t* from) {
    Simd::Reg out;
#pragma GCC unroll 4
    for (unsigned q = 0; q < 4; ++q) {
      out.quad[q] = vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(from + 4 * q), 16));
    }
    return out;
  }
  static SEMEME_ALWAYS_INLINE unsigned below(const Simd::Reg& x, float bound) {
    unsigned mask = 0;
#pragma GCC unroll 4
    for (unsigned q = 0; q < 4; ++q) {
      mask |= mask_of(vcltq_f32(x.quad[q], vdupq_n_f32(bound))) << (4 * q);
    }
    return mask;
  }

 private:
  static SEMEME_ALWAYS_INLINE unsigned mask_of(uint32x4_t lanes) {
    const std::uint32_t bits[4] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, vld1q_u32(bits)));
  }
};

#include "kernels/edges_inl.h"

}  // namespace
}  // namespace sememe::kernels::neon_edges

namespace sememe::kernels {

const EdgesTable kNeonEdges = {.encode = neon_edges::encode_edge,
                               .estimate = neon_edges::estimate_edges,
                               .merge = merge_by_moving};

}  // namespace sememe::kernels

#endif  // __aarch64__
