// Sixteen f32 and sixteen i32 as plain arrays: the names of simd_avx512.h without intrinsics.
//
// Each lane does what a lane of the vector tiers does, fused multiply-adds included, so that the
// integer precisions give the same bits here; this is their oracle, and what runs on processors
// without a tier of their own.
#ifndef SEMEME_KERNELS_SIMD_SCALAR_H_
#define SEMEME_KERNELS_SIMD_SCALAR_H_

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/target.h"

namespace sememe::kernels::scalar {

struct Simd {
  static constexpr std::size_t kWidth = 16;
  static constexpr int kTileRegs = 4;
  struct Reg {
    float lane[16];
  };
  struct Int {
    std::int32_t lane[16];
  };

#define SEMEME_LANES(type, expression)                               \
  type out;                                                          \
  for (std::size_t i = 0; i < kWidth; ++i) out.lane[i] = expression; \
  return out

  static Reg zero() { return set(0.0F); }
  static Reg set(float value) { SEMEME_LANES(Reg, value); }
  static Reg load(const float* from) { SEMEME_LANES(Reg, from[i]); }
  static void store(float* to, const Reg& value) {
    for (std::size_t i = 0; i < kWidth; ++i) to[i] = value.lane[i];
  }
  static Reg load_first(const float* from, std::size_t count) {
    SEMEME_LANES(Reg, i < count ? from[i] : 0.0F);
  }
  static void store_first(float* to, const Reg& value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] = value.lane[i];
  }
  static Reg select_first(const Reg& value, const Reg& other, std::size_t count) {
    SEMEME_LANES(Reg, i < count ? value.lane[i] : other.lane[i]);
  }

  static Reg add(const Reg& a, const Reg& b) { SEMEME_LANES(Reg, a.lane[i] + b.lane[i]); }
  static Reg sub(const Reg& a, const Reg& b) { SEMEME_LANES(Reg, a.lane[i] - b.lane[i]); }
  static Reg mul(const Reg& a, const Reg& b) { SEMEME_LANES(Reg, a.lane[i] * b.lane[i]); }
  static Reg div(const Reg& a, const Reg& b) { SEMEME_LANES(Reg, a.lane[i] / b.lane[i]); }
  static Reg sqrt(const Reg& a) { SEMEME_LANES(Reg, std::sqrt(a.lane[i])); }
  // As minps and maxps: the second operand when either is not a number.
  static Reg min(const Reg& a, const Reg& b) {
    SEMEME_LANES(Reg, a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]);
  }
  static Reg max(const Reg& a, const Reg& b) {
    SEMEME_LANES(Reg, a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]);
  }
  static Reg fma(const Reg& a, const Reg& b, const Reg& c) {
    SEMEME_LANES(Reg, std::fma(a.lane[i], b.lane[i], c.lane[i]));
  }
  static Reg fnma(const Reg& a, const Reg& b, const Reg& c) {
    SEMEME_LANES(Reg, std::fma(-a.lane[i], b.lane[i], c.lane[i]));
  }
  static Reg round(const Reg& a) { SEMEME_LANES(Reg, std::nearbyint(a.lane[i])); }
  static Reg scale(const Reg& a, const Reg& n) {
    SEMEME_LANES(Reg, std::ldexp(a.lane[i], static_cast<int>(n.lane[i])));
  }
  static float sum(const Reg& a) {
    return tree(a, [](float x, float y) { return x + y; });
  }
  static float highest(const Reg& a) {
    return tree(a, [](float x, float y) { return x > y ? x : y; });
  }
  static float lowest(const Reg& a) {
    return tree(a, [](float x, float y) { return x < y ? x : y; });
  }
  static void transpose4(const float* from, std::size_t ld_from, float* to, std::size_t ld_to) {
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) to[j * ld_to + i] = from[i * ld_from + j];
    }
  }

  static Int set_int(std::int32_t value) { SEMEME_LANES(Int, value); }
  static Int load_int(const std::int32_t* from) { SEMEME_LANES(Int, from[i]); }
  static void store_int(std::int32_t* to, const Int& value) {
    for (std::size_t i = 0; i < kWidth; ++i) to[i] = value.lane[i];
  }
  // Sums wrap, as they do in the vector tiers.
  static Int add_int(const Int& a, const Int& b) {
    SEMEME_LANES(Int, wrapped(unsigned_of(a.lane[i]) + unsigned_of(b.lane[i])));
  }
  static Int sub_int(const Int& a, const Int& b) {
    SEMEME_LANES(Int, wrapped(unsigned_of(a.lane[i]) - unsigned_of(b.lane[i])));
  }
  static Int max_int(const Int& a, const Int& b) {
    SEMEME_LANES(Int, a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]);
  }
  static Int or_int(const Int& a, const Int& b) { SEMEME_LANES(Int, a.lane[i] | b.lane[i]); }
  static Int and_int(const Int& a, const Int& b) { SEMEME_LANES(Int, a.lane[i] & b.lane[i]); }
  template <int kBits>
  static Int shift_left(const Int& a) {
    SEMEME_LANES(Int, wrapped(unsigned_of(a.lane[i]) << kBits));
  }
  template <int kBits>
  static Int shift_right(const Int& a) {
    SEMEME_LANES(Int, wrapped(unsigned_of(a.lane[i]) >> kBits));
  }
  static std::int32_t highest_int(const Int& a) {
    std::int32_t highest = a.lane[0];
    for (const std::int32_t value : a.lane) highest = value > highest ? value : highest;
    return highest;
  }
  static std::int32_t sum_int(const Int& a) {
    std::uint32_t sum = 0;
    for (const std::int32_t value : a.lane) sum += unsigned_of(value);
    return wrapped(sum);
  }
  // 16-bit halves of the lanes; `pairs` puts the low halves of its second operand above those of
  // the first.
  static Int pairs(const Int& low, const Int& high) {
    SEMEME_LANES(Int, joined(unsigned_of(low.lane[i]), unsigned_of(high.lane[i])));
  }
  static Int set_halves(std::int16_t value) {
    const auto half = static_cast<std::uint32_t>(value);
    SEMEME_LANES(Int, joined(half, half));
  }
  static Int add_halves(const Int& a, const Int& b) {
    return by_halves(a, b, [](std::uint32_t x, std::uint32_t y) { return x + y; });
  }
  static Int sub_halves(const Int& a, const Int& b) {
    return by_halves(a, b, [](std::uint32_t x, std::uint32_t y) { return x - y; });
  }
  // (a * b + 2^14) / 2^15, rounded down.
  static Int scale_halves(const Int& a, const Int& b) {
    return by_halves(a, b, [](std::uint32_t x, std::uint32_t y) {
      const std::int32_t product = static_cast<std::int16_t>(x) * static_cast<std::int16_t>(y);
      return unsigned_of((product + (1 << 14)) >> 15);
    });
  }
  template <int kBits>
  static Int shift_halves_left(const Int& a) {
    return by_halves(a, a, [](std::uint32_t x, std::uint32_t) { return x << kBits; });
  }
  template <int kBits>
  static Int shift_halves_right(const Int& a) {
    return by_halves(a, a, [](std::uint32_t x, std::uint32_t) { return x >> kBits; });
  }
  // Each half by its own count in [0, 16).
  static Int shift_halves_right(const Int& a, const Int& counts) {
    return by_halves(a, counts, [](std::uint32_t x, std::uint32_t y) { return x >> y; });
  }
  static Reg clamp(const Reg& x, float bound) { return max(min(x, set(bound)), set(-bound)); }
  static Int bits(const Reg& a) { SEMEME_LANES(Int, std::bit_cast<std::int32_t>(a.lane[i])); }
  static Reg to_float(const Int& a) { SEMEME_LANES(Reg, static_cast<float>(a.lane[i])); }
  // To nearest, ties to even; what no i32 holds becomes the lowest.
  static Int to_int(const Reg& a) {
    SEMEME_LANES(Int, a.lane[i] > -0x1p31F && a.lane[i] < 0x1p31F
                          ? static_cast<std::int32_t>(std::nearbyint(a.lane[i]))
                          : wrapped(0x80000000U));
  }
  static void store_u8(std::uint8_t* to, const Int& value) {
    for (std::size_t i = 0; i < kWidth; ++i) to[i] = static_cast<std::uint8_t>(value.lane[i]);
  }
  /// Four times as many, of lanes in [0, 255].
  static void store_four_u8(std::uint8_t* to, const Int& a, const Int& b, const Int& c,
                            const Int& d) {
    store_u8(to, a);
    store_u8(to + 16, b);
    store_u8(to + 32, c);
    store_u8(to + 48, d);
  }
  static void store_u16(std::uint8_t* to, const Int& value) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      to[2 * i] = static_cast<std::uint8_t>(value.lane[i]);
      to[2 * i + 1] = static_cast<std::uint8_t>(value.lane[i] >> 8);
    }
  }

#undef SEMEME_LANES

 private:
  static std::uint32_t unsigned_of(std::int32_t value) { return static_cast<std::uint32_t>(value); }
  static std::int32_t wrapped(std::uint32_t value) { return std::bit_cast<std::int32_t>(value); }
  static std::int32_t joined(std::uint32_t low, std::uint32_t high) {
    return wrapped((low & 0xFFFFU) | (high << 16));
  }
  template <class Function>
  static Int by_halves(const Int& a, const Int& b, Function function) {
    Int out;
    for (std::size_t i = 0; i < kWidth; ++i) {
      const std::uint32_t x = unsigned_of(a.lane[i]);
      const std::uint32_t y = unsigned_of(b.lane[i]);
      out.lane[i] = joined(function(x & 0xFFFFU, y & 0xFFFFU), function(x >> 16, y >> 16));
    }
    return out;
  }
  // Halves, quarters, eighths, pairs: the order of the vector tiers.
  template <class Join>
  static float tree(const Reg& a, Join join) {
    Reg left = a;
    for (std::size_t half = kWidth / 2; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) left.lane[i] = join(left.lane[i], left.lane[i + half]);
    }
    return left.lane[0];
  }
};

}  // namespace sememe::kernels::scalar

#endif  // SEMEME_KERNELS_SIMD_SCALAR_H_
