// Sixteen f32 or sixteen i32 in four NEON registers: the names and the order of sums of
// simd_avx512.h, so that the integer precisions give the same bits here. Every aarch64 processor
// has what this file uses.
#ifndef SEMEME_KERNELS_SIMD_NEON_H_
#define SEMEME_KERNELS_SIMD_NEON_H_

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "kernels/target.h"

namespace sememe::kernels::neon {

struct Simd {
  static constexpr std::size_t kWidth = 16;
  static constexpr int kTileRegs = 1;         ///< four of 32 each: 6 rows, the columns, a broadcast
  static constexpr std::size_t kDotSums = 1;  ///< four chains as it is
  struct Reg {
    float32x4_t quad[4];
  };
  struct Int {
    int32x4_t quad[4];
  };

#define SEMEME_QUADS(type, expression)                                                      \
  type out;                                                                                 \
  _Pragma("GCC unroll 4") for (std::size_t i = 0; i < 4; ++i) { out.quad[i] = expression; } \
  return out

  static SEMEME_ALWAYS_INLINE Reg zero() { return set(0.0F); }
  static SEMEME_ALWAYS_INLINE Reg set(float value) { SEMEME_QUADS(Reg, vdupq_n_f32(value)); }
  static SEMEME_ALWAYS_INLINE Reg load(const float* from) {
    SEMEME_QUADS(Reg, vld1q_f32(from + 4 * i));
  }
  static SEMEME_ALWAYS_INLINE void store(float* to, Reg value) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) vst1q_f32(to + 4 * i, value.quad[i]);
  }
  /// count in [0, 16); memory behind the first `count` floats is not touched.
  static SEMEME_ALWAYS_INLINE Reg load_first(const float* from, std::size_t count) {
    float lanes[16] = {};
    __builtin_memcpy(lanes, from, count * sizeof(float));
    return load(lanes);
  }
  static SEMEME_ALWAYS_INLINE void store_first(float* to, Reg value, std::size_t count) {
    float lanes[16];
    store(lanes, value);
    __builtin_memcpy(to, lanes, count * sizeof(float));
  }
  static SEMEME_ALWAYS_INLINE Reg select_first(Reg value, Reg other, std::size_t count) {
    SEMEME_QUADS(Reg, vbslq_f32(first(count, i), value.quad[i], other.quad[i]));
  }

  static SEMEME_ALWAYS_INLINE Reg add(Reg a, Reg b) {
    SEMEME_QUADS(Reg, vaddq_f32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg sub(Reg a, Reg b) {
    SEMEME_QUADS(Reg, vsubq_f32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg mul(Reg a, Reg b) {
    SEMEME_QUADS(Reg, vmulq_f32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg div(Reg a, Reg b) {
    SEMEME_QUADS(Reg, vdivq_f32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg sqrt(Reg a) { SEMEME_QUADS(Reg, vsqrtq_f32(a.quad[i])); }
  // As minps and maxps, not as fmin and fmax: the second operand when either is not a number.
  static SEMEME_ALWAYS_INLINE Reg min(Reg a, Reg b) {
    SEMEME_QUADS(Reg, lower(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg max(Reg a, Reg b) {
    SEMEME_QUADS(Reg, higher(a.quad[i], b.quad[i]));
  }
  /// a * b + c, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fma(Reg a, Reg b, Reg c) {
    SEMEME_QUADS(Reg, vfmaq_f32(c.quad[i], a.quad[i], b.quad[i]));
  }
  /// c - a * b, rounded once.
  static SEMEME_ALWAYS_INLINE Reg fnma(Reg a, Reg b, Reg c) {
    SEMEME_QUADS(Reg, vfmsq_f32(c.quad[i], a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg round(Reg a) { SEMEME_QUADS(Reg, vrndnq_f32(a.quad[i])); }
  /// a * 2^n for an integral n in [-126, 127].
  static SEMEME_ALWAYS_INLINE Reg scale(Reg a, Reg n) {
    SEMEME_QUADS(Reg, vmulq_f32(a.quad[i], power(n.quad[i])));
  }
  /// Sum of all lanes as a fixed tree: halves, quarters, eighths, pairs.
  static SEMEME_ALWAYS_INLINE float sum(Reg a) {
    const float32x4_t quad =
        vaddq_f32(vaddq_f32(a.quad[0], a.quad[2]), vaddq_f32(a.quad[1], a.quad[3]));
    const float32x2_t pair = vadd_f32(vget_low_f32(quad), vget_high_f32(quad));
    return vget_lane_f32(pair, 0) + vget_lane_f32(pair, 1);
  }
  /// Bit i: whether lane i of a is above that of b; a NaN is not.
  static SEMEME_ALWAYS_INLINE unsigned above(Reg a, Reg b) {
    const uint32x4_t bits = {1, 2, 4, 8};
    unsigned out = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      out |= vaddvq_u32(vandq_u32(vcgtq_f32(a.quad[i], b.quad[i]), bits)) << (4 * i);
    }
    return out;
  }
  static SEMEME_ALWAYS_INLINE float highest(Reg a) {
    const float32x4_t quad = higher(higher(a.quad[0], a.quad[2]), higher(a.quad[1], a.quad[3]));
    const float32x4_t pair = higher(quad, vextq_f32(quad, quad, 2));
    return vgetq_lane_f32(higher(pair, vextq_f32(pair, pair, 1)), 0);
  }
  static SEMEME_ALWAYS_INLINE float lowest(Reg a) {
    const float32x4_t quad = lower(lower(a.quad[0], a.quad[2]), lower(a.quad[1], a.quad[3]));
    const float32x4_t pair = lower(quad, vextq_f32(quad, quad, 2));
    return vgetq_lane_f32(lower(pair, vextq_f32(pair, pair, 1)), 0);
  }
  /// to[j][i] = from[i][j] for i, j < 4; rows lie ld_from and ld_to apart.
  static SEMEME_ALWAYS_INLINE void transpose4(const float* from, std::size_t ld_from, float* to,
                                              std::size_t ld_to) {
    const float32x4_t a = vld1q_f32(from);
    const float32x4_t b = vld1q_f32(from + ld_from);
    const float32x4_t c = vld1q_f32(from + 2 * ld_from);
    const float32x4_t d = vld1q_f32(from + 3 * ld_from);
    const float32x4_t even_a = vzip1q_f32(a, c);  // a0 c0 a1 c1
    const float32x4_t high_a = vzip2q_f32(a, c);  // a2 c2 a3 c3
    const float32x4_t even_b = vzip1q_f32(b, d);
    const float32x4_t high_b = vzip2q_f32(b, d);
    vst1q_f32(to, vzip1q_f32(even_a, even_b));
    vst1q_f32(to + ld_to, vzip2q_f32(even_a, even_b));
    vst1q_f32(to + 2 * ld_to, vzip1q_f32(high_a, high_b));
    vst1q_f32(to + 3 * ld_to, vzip2q_f32(high_a, high_b));
  }

  static SEMEME_ALWAYS_INLINE Int set_int(std::int32_t value) {
    SEMEME_QUADS(Int, vdupq_n_s32(value));
  }
  static SEMEME_ALWAYS_INLINE Int load_int(const std::int32_t* from) {
    SEMEME_QUADS(Int, vld1q_s32(from + 4 * i));
  }
  static SEMEME_ALWAYS_INLINE void store_int(std::int32_t* to, Int value) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) vst1q_s32(to + 4 * i, value.quad[i]);
  }
  static SEMEME_ALWAYS_INLINE Int add_int(Int a, Int b) {
    SEMEME_QUADS(Int, vaddq_s32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Int sub_int(Int a, Int b) {
    SEMEME_QUADS(Int, vsubq_s32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Int max_int(Int a, Int b) {
    SEMEME_QUADS(Int, vmaxq_s32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Int or_int(Int a, Int b) {
    SEMEME_QUADS(Int, vorrq_s32(a.quad[i], b.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Int and_int(Int a, Int b) {
    SEMEME_QUADS(Int, vandq_s32(a.quad[i], b.quad[i]));
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_left(Int a) {
    SEMEME_QUADS(Int, vshlq_n_s32(a.quad[i], kBits));
  }
  /// Fills with zeros.
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_right(Int a) {
    SEMEME_QUADS(Int, vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(a.quad[i]), kBits)));
  }
  static SEMEME_ALWAYS_INLINE std::int32_t highest_int(Int a) {
    return vmaxvq_s32(vmaxq_s32(vmaxq_s32(a.quad[0], a.quad[2]), vmaxq_s32(a.quad[1], a.quad[3])));
  }
  static SEMEME_ALWAYS_INLINE std::int32_t sum_int(Int a) {
    return vaddvq_s32(vaddq_s32(vaddq_s32(a.quad[0], a.quad[2]), vaddq_s32(a.quad[1], a.quad[3])));
  }
  // 16-bit halves of the lanes; `pairs` puts the low halves of its second operand above those of
  // the first.
  static SEMEME_ALWAYS_INLINE Int pairs(Int low, Int high) {
    SEMEME_QUADS(Int, vsliq_n_s32(low.quad[i], high.quad[i], 16));
  }
  static SEMEME_ALWAYS_INLINE Int set_halves(std::int16_t value) {
    SEMEME_QUADS(Int, lanes(vdupq_n_s16(value)));
  }
  static SEMEME_ALWAYS_INLINE Int add_halves(Int a, Int b) {
    SEMEME_QUADS(Int, lanes(vaddq_s16(halves(a.quad[i]), halves(b.quad[i]))));
  }
  static SEMEME_ALWAYS_INLINE Int sub_halves(Int a, Int b) {
    SEMEME_QUADS(Int, lanes(vsubq_s16(halves(a.quad[i]), halves(b.quad[i]))));
  }
  /// (a * b + 2^14) / 2^15, rounded down; not both -2^15, which saturates here.
  static SEMEME_ALWAYS_INLINE Int scale_halves(Int a, Int b) {
    SEMEME_QUADS(Int, lanes(vqrdmulhq_s16(halves(a.quad[i]), halves(b.quad[i]))));
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_left(Int a) {
    SEMEME_QUADS(Int, lanes(vshlq_n_s16(halves(a.quad[i]), kBits)));
  }
  template <int kBits>
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a) {
    SEMEME_QUADS(
        Int, lanes(vreinterpretq_s16_u16(vshrq_n_u16(vreinterpretq_u16_s32(a.quad[i]), kBits))));
  }
  /// Each half by its own count in [0, 16).
  static SEMEME_ALWAYS_INLINE Int shift_halves_right(Int a, Int counts) {
    SEMEME_QUADS(Int, lanes(vreinterpretq_s16_u16(vshlq_u16(vreinterpretq_u16_s32(a.quad[i]),
                                                            vnegq_s16(halves(counts.quad[i]))))));
  }
  static SEMEME_ALWAYS_INLINE Reg clamp(Reg x, float bound) {
    return max(min(x, set(bound)), set(-bound));
  }
  static SEMEME_ALWAYS_INLINE Int bits(Reg a) {
    SEMEME_QUADS(Int, vreinterpretq_s32_f32(a.quad[i]));
  }
  static SEMEME_ALWAYS_INLINE Reg to_float(Int a) { SEMEME_QUADS(Reg, vcvtq_f32_s32(a.quad[i])); }
  /// To nearest, ties to even; what no i32 holds becomes the lowest.
  static SEMEME_ALWAYS_INLINE Int to_int(Reg a) { SEMEME_QUADS(Int, nearest(a.quad[i])); }
  /// The low byte, or the low two bytes, of each lane.
  static SEMEME_ALWAYS_INLINE void store_u8(std::uint8_t* to, Int value) {
    const int8x16_t low = vreinterpretq_s8_s16(low_halves(value.quad[0], value.quad[1]));
    const int8x16_t high = vreinterpretq_s8_s16(low_halves(value.quad[2], value.quad[3]));
    vst1q_u8(to, vreinterpretq_u8_s8(vuzp1q_s8(low, high)));
  }
  /// Four times as many, of lanes in [0, 255].
  static SEMEME_ALWAYS_INLINE void store_four_u8(std::uint8_t* to, Int a, Int b, Int c, Int d) {
    store_u8(to, a);
    store_u8(to + 16, b);
    store_u8(to + 32, c);
    store_u8(to + 48, d);
  }
  static SEMEME_ALWAYS_INLINE void store_u16(std::uint8_t* to, Int value) {
    vst1q_u8(to, vreinterpretq_u8_s16(low_halves(value.quad[0], value.quad[1])));
    vst1q_u8(to + 16, vreinterpretq_u8_s16(low_halves(value.quad[2], value.quad[3])));
  }

#undef SEMEME_QUADS

 private:
  static SEMEME_ALWAYS_INLINE int16x8_t halves(int32x4_t a) { return vreinterpretq_s16_s32(a); }
  static SEMEME_ALWAYS_INLINE int32x4_t lanes(int16x8_t a) { return vreinterpretq_s32_s16(a); }
  static SEMEME_ALWAYS_INLINE float32x4_t lower(float32x4_t a, float32x4_t b) {
    return vbslq_f32(vcltq_f32(a, b), a, b);
  }
  static SEMEME_ALWAYS_INLINE float32x4_t higher(float32x4_t a, float32x4_t b) {
    return vbslq_f32(vcgtq_f32(a, b), a, b);
  }
  static SEMEME_ALWAYS_INLINE float32x4_t power(float32x4_t n) {
    const int32x4_t exponent = vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127));
    return vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23));
  }
  // The conversion saturates, and makes 0 of what is not a number.
  static SEMEME_ALWAYS_INLINE int32x4_t nearest(float32x4_t a) {
    const uint32x4_t below = vcltq_f32(a, vdupq_n_f32(0x1p31F));
    return vbslq_s32(below, vcvtnq_s32_f32(a), vdupq_n_s32(INT32_MIN));
  }
  static SEMEME_ALWAYS_INLINE int16x8_t low_halves(int32x4_t a, int32x4_t b) {
    return vuzp1q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
  }
  static SEMEME_ALWAYS_INLINE uint32x4_t first(std::size_t count, std::size_t quad) {
    const std::int32_t indices[4] = {0, 1, 2, 3};
    const int32x4_t lane = vaddq_s32(vld1q_s32(indices), vdupq_n_s32(static_cast<int>(4 * quad)));
    return vcltq_s32(lane, vdupq_n_s32(static_cast<int>(count)));
  }
};

}  // namespace sememe::kernels::neon

#endif  // SEMEME_KERNELS_SIMD_NEON_H_
