// How the 8-bit products are made, with the multiplications that an instruction does:
//
//   base     levels minus 128 are signed; two products of 16 bits fit 16 (2 x 128 x 127), so smull
//            and smlal, then sadalp adds them up in 32                                        5
//   dotprod  the same levels, sdot                                                           16
//   i8mm     usmmla takes unsigned levels, of two rows, with two columns                     32
//
// The offset adds -128 times the sum of a column to each of its products; their sums start from
// that much more.
#if defined(__aarch64__)

#include "kernels/integer_product_neon.h"

#include <arm_neon.h>
#include <sys/auxv.h>

#include "kernels/target.h"

namespace sememe::kernels::neon {
namespace {

constexpr std::size_t kPanelBytes = 64;  // of a step

// start + 128 * the sum of each column of a panel.
inline void offset_start(const IntegerProduct& p, std::size_t panel, std::int32_t* out) {
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  int32x4_t sums[4] = {};
  for (std::size_t step = 0; step < p.steps; ++step) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int8x16_t columns = vreinterpretq_s8_u8(vld1q_u8(b + step * kPanelBytes + 16 * q));
      sums[q] = vpadalq_s16(sums[q], vpaddlq_s8(columns));
    }
  }
#pragma GCC unroll 4
  for (std::size_t q = 0; q < 4; ++q) {
    int32x4_t start = vshlq_n_s32(sums[q], 7);
    if (p.start != nullptr) start = vaddq_s32(start, vld1q_s32(p.start + 16 * panel + 4 * q));
    vst1q_s32(out + 4 * q, start);
  }
}

// Four steps of a row, minus 128.
SEMEME_ALWAYS_INLINE int8x16_t signed_levels(const std::uint8_t* a) {
  return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(a), vdupq_n_u8(128)));
}

// Step kStep of four in every lane.
template <int kStep>
SEMEME_ALWAYS_INLINE int8x16_t step_of(int8x16_t levels) {
  return vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(levels), kStep));
}

SEMEME_ALWAYS_INLINE int8x16_t load_columns(const std::uint8_t* b) {
  return vreinterpretq_s8_u8(vld1q_u8(b));
}

// ---- base: kRows rows of one panel, two sums a column

template <int kRows>
struct BaseTile {
  int32x4_t sums[kRows][8] = {};

  // Steps kStep and kStep + 1 of four.
  template <int kStep>
  SEMEME_ALWAYS_INLINE void multiply(const int8x16_t* levels, const std::uint8_t* b) {
    int8x16_t first[kRows];
    int8x16_t second[kRows];
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) {
      first[r] = step_of<kStep>(levels[r]);
      second[r] = step_of<kStep + 1>(levels[r]);
    }
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int8x16_t x = load_columns(b + kStep * kPanelBytes + 16 * q);
      const int8x16_t y = load_columns(b + (kStep + 1) * kPanelBytes + 16 * q);
#pragma GCC unroll 2
      for (int r = 0; r < kRows; ++r) {
        int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(first[r]));
        low = vmlal_s8(low, vget_low_s8(y), vget_low_s8(second[r]));
        sums[r][2 * q] = vpadalq_s16(sums[r][2 * q], low);
        int16x8_t high = vmull_high_s8(x, first[r]);
        high = vmlal_high_s8(high, y, second[r]);
        sums[r][2 * q + 1] = vpadalq_s16(sums[r][2 * q + 1], high);
      }
    }
  }
};

template <int kRows>
inline void base_tile(const IntegerProduct& p, std::size_t row, std::size_t panel,
                      const std::int32_t* start) {
  const std::uint8_t* a = p.a + row * p.lda;
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  BaseTile<kRows> tile;
  for (std::size_t step = 0; step < p.steps; step += 4, b += 4 * kPanelBytes) {
    int8x16_t levels[kRows];
#pragma GCC unroll 2
    for (std::size_t r = 0; r < kRows; ++r) levels[r] = signed_levels(a + r * p.lda + 4 * step);
    tile.template multiply<0>(levels, b);
    tile.template multiply<2>(levels, b);
  }
#pragma GCC unroll 2
  for (std::size_t r = 0; r < kRows; ++r) {
    std::int32_t* c = p.c + (row + r) * p.ldc + 16 * panel;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int32x4_t sum = vpaddq_s32(tile.sums[r][2 * q], tile.sums[r][2 * q + 1]);
      vst1q_s32(c + 4 * q, vaddq_s32(sum, vld1q_s32(start + 4 * q)));
    }
  }
}

void base_product(const IntegerProduct& p) {
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    std::int32_t start[16];
    offset_start(p, panel, start);
    std::size_t row = 0;
    for (; row + 2 <= p.rows; row += 2) base_tile<2>(p, row, panel, start);
    if (row < p.rows) base_tile<1>(p, row, panel, start);
  }
}

// ---- 16-bit levels: kRows rows of one panel, two sums a column

template <int kRows>
inline void wide_tile(const IntegerProduct& p, std::size_t row, std::size_t panel) {
  const std::uint8_t* a = p.a + row * p.lda;
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  int32x4_t sums[kRows][8] = {};
  for (std::size_t step = 0; step < p.steps; ++step) {
    int16x8_t x[kRows];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t group;
      __builtin_memcpy(&group, a + r * p.lda + 4 * step, 4);
      x[r] = vreinterpretq_s16_s32(vdupq_n_s32(group));
    }
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int16x8_t columns = vreinterpretq_s16_u8(vld1q_u8(b + step * kPanelBytes + 16 * q));
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        sums[r][2 * q] = vmlal_s16(sums[r][2 * q], vget_low_s16(columns), vget_low_s16(x[r]));
        sums[r][2 * q + 1] = vmlal_high_s16(sums[r][2 * q + 1], columns, x[r]);
      }
    }
  }
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) {
    std::int32_t* c = p.c + (row + r) * p.ldc + 16 * panel;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      int32x4_t sum = vpaddq_s32(sums[r][2 * q], sums[r][2 * q + 1]);
      if (p.start != nullptr) sum = vaddq_s32(sum, vld1q_s32(p.start + 16 * panel + 4 * q));
      vst1q_s32(c + 4 * q, sum);
    }
  }
}

}  // namespace

void wide_product(const IntegerProduct& p) {
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    std::size_t row = 0;
    for (; row + 3 <= p.rows; row += 3) wide_tile<3>(p, row, panel);
    for (; row < p.rows; ++row) wide_tile<1>(p, row, panel);
  }
}

}  // namespace sememe::kernels::neon

// ---- dotprod: 6 rows of one panel, a sum a column: 24 registers, six of levels, one of columns

SEMEME_TARGET_NEON_DOTPROD_BEGIN
namespace sememe::kernels::neon_dotprod {
namespace {

using neon::kPanelBytes;

template <int kRows>
struct DotTile {
  int32x4_t sums[kRows][4];

  template <int kStep>
  SEMEME_ALWAYS_INLINE void multiply(const int8x16_t* levels, const std::uint8_t* b) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int8x16_t columns = neon::load_columns(b + kStep * kPanelBytes + 16 * q);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        sums[r][q] = vdotq_laneq_s32(sums[r][q], columns, levels[r], kStep);
      }
    }
  }
};

template <int kRows>
inline void dot_tile(const IntegerProduct& p, std::size_t row, std::size_t panel,
                     const std::int32_t* start) {
  const std::uint8_t* a = p.a + row * p.lda;
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  DotTile<kRows> tile;
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) tile.sums[r][q] = vld1q_s32(start + 4 * q);
  }
  for (std::size_t step = 0; step < p.steps; step += 4, b += 4 * kPanelBytes) {
    int8x16_t levels[kRows];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      levels[r] = neon::signed_levels(a + r * p.lda + 4 * step);
    }
    tile.template multiply<0>(levels, b);
    tile.template multiply<1>(levels, b);
    tile.template multiply<2>(levels, b);
    tile.template multiply<3>(levels, b);
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
    std::int32_t* c = p.c + (row + r) * p.ldc + 16 * panel;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) vst1q_s32(c + 4 * q, tile.sums[r][q]);
  }
}

void product(const IntegerProduct& p) {
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    std::int32_t start[16];
    neon::offset_start(p, panel, start);
    std::size_t row = 0;
    for (; row + 6 <= p.rows; row += 6) dot_tile<6>(p, row, panel, start);
    for (; row + 2 <= p.rows; row += 2) dot_tile<2>(p, row, panel, start);
    if (row < p.rows) dot_tile<1>(p, row, panel, start);
  }
}

}  // namespace
}  // namespace sememe::kernels::neon_dotprod
SEMEME_TARGET_END

// ---- i8mm: three pairs of rows of one panel, whose columns are paired on the way

SEMEME_TARGET_NEON_I8MM_BEGIN
namespace sememe::kernels::neon_i8mm {
namespace {

using neon::kPanelBytes;

template <int kPairs>
struct PairTile {
  int32x4_t sums[kPairs][8] = {};  // row 0 column 0, row 0 column 1, row 1 column 0, ...

  // Two steps: levels[i] has eight of the one row, then eight of the other.
  SEMEME_ALWAYS_INLINE void multiply(const uint8x16_t* levels, const std::uint8_t* b) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int32x4_t x = vreinterpretq_s32_u8(vld1q_u8(b + 16 * q));
      const int32x4_t y = vreinterpretq_s32_u8(vld1q_u8(b + kPanelBytes + 16 * q));
      const int8x16_t first = vreinterpretq_s8_s32(vzip1q_s32(x, y));
      const int8x16_t second = vreinterpretq_s8_s32(vzip2q_s32(x, y));
#pragma GCC unroll 4
      for (int i = 0; i < kPairs; ++i) {
        sums[i][2 * q] = vusmmlaq_s32(sums[i][2 * q], levels[i], first);
        sums[i][2 * q + 1] = vusmmlaq_s32(sums[i][2 * q + 1], levels[i], second);
      }
    }
  }
};

SEMEME_ALWAYS_INLINE void store_row(const IntegerProduct& p, std::size_t row, std::size_t column,
                                    int64x2_t sums) {
  int32x4_t out = vreinterpretq_s32_s64(sums);
  if (p.start != nullptr) out = vaddq_s32(out, vld1q_s32(p.start + column));
  vst1q_s32(p.c + row * p.ldc + column, out);
}

// Of an odd number of rows the last stands for its missing partner too.
template <int kPairs>
inline void pair_tile(const IntegerProduct& p, std::size_t row, std::size_t panel) {
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  const std::size_t last = p.rows - 1;
  PairTile<kPairs> tile;
  for (std::size_t step = 0; step < p.steps; step += 4, b += 4 * kPanelBytes) {
    uint8x16_t low[kPairs];
    uint8x16_t high[kPairs];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPairs; ++i) {
      const std::size_t first = row + 2 * i;
      const std::size_t second = first < last ? first + 1 : last;
      const uint64x2_t x = vreinterpretq_u64_u8(vld1q_u8(p.a + first * p.lda + 4 * step));
      const uint64x2_t y = vreinterpretq_u64_u8(vld1q_u8(p.a + second * p.lda + 4 * step));
      low[i] = vreinterpretq_u8_u64(vzip1q_u64(x, y));
      high[i] = vreinterpretq_u8_u64(vzip2q_u64(x, y));
    }
    tile.multiply(low, b);
    tile.multiply(high, b + 2 * kPanelBytes);
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kPairs; ++i) {
    const std::size_t first = row + 2 * i;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const int64x2_t x = vreinterpretq_s64_s32(tile.sums[i][2 * q]);
      const int64x2_t y = vreinterpretq_s64_s32(tile.sums[i][2 * q + 1]);
      const std::size_t column = 16 * panel + 4 * q;
      store_row(p, first, column, vzip1q_s64(x, y));
      if (first < last) store_row(p, first + 1, column, vzip2q_s64(x, y));
    }
  }
}

void product(const IntegerProduct& p) {
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    std::size_t row = 0;
    for (; row + 4 < p.rows; row += 6) pair_tile<3>(p, row, panel);
    for (; row < p.rows; row += 2) pair_tile<1>(p, row, panel);
  }
}

}  // namespace
}  // namespace sememe::kernels::neon_i8mm
SEMEME_TARGET_END

namespace sememe::kernels::neon {

bool has_dotprod() { return (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }

namespace {

std::vector<NarrowProduct> detect_products() {
  std::vector<NarrowProduct> products = {{"base", base_product}};
  if (has_dotprod()) products.push_back({"dotprod", neon_dotprod::product});
  if ((::getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0) {
    products.push_back({"i8mm", neon_i8mm::product});
  }
  return products;
}

}  // namespace

const std::vector<NarrowProduct>& narrow_products() {
  static const std::vector<NarrowProduct> products = detect_products();
  return products;
}

}  // namespace sememe::kernels::neon

#endif  // __aarch64__
