// Integer products with AVX2; included inside a target region and the tier's namespace.
//
// vpmaddubsw would saturate (2 x 255 x 127 does not fit 16 bits), so 8-bit products run as 16-bit
// ones: a block of K of every row and of one panel at a time is widened into buffers that stay in
// the L1 cache, 16 + 4 KB. What else was tried: docs/decisions/0011-integer-tiers.md.

struct ProductSession {};  // AMX has something to set up

// Pairs of 16-bit products. Inline assembly because GCC 12 moves the loads of a step before its
// products, and then spills the sums: 72 instead of 84 products a nanosecond.
template <bool kWide>
SEMEME_ALWAYS_INLINE __m256i multiply_add(__m256i sum, __m256i a, __m256i b) {
  static_assert(kWide);
  __m256i product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=&x"(product) : "x"(a), "x"(b));
  return sum;
}

#include "kernels/integer_tile_inl.h"

constexpr std::size_t kWidenedRows = 64;
constexpr std::size_t kWidenedSteps = 32;                    // of four levels
constexpr std::size_t kWidenedRowBytes = 8 * kWidenedSteps;  // two steps of two for each
constexpr std::size_t kWidenedPanelBytes = 2 * 64 * kWidenedSteps;

// Levels of one row as 16-bit values.
inline void widen_row(const std::uint8_t* from, std::size_t steps, std::uint8_t* to) {
  std::size_t step = 0;
  for (; step + 4 <= steps; step += 4) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 4 * step));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to + 8 * step), _mm256_cvtepu8_epi16(bytes));
  }
  for (; step < steps; ++step) {
    const __m128i bytes = _mm_loadu_si32(from + 4 * step);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + 8 * step), _mm_cvtepu8_epi16(bytes));
  }
}

// One panel: of each group of four bytes the first two, then the last two, as 16-bit values.
inline void widen_panel(const std::uint8_t* from, std::size_t steps, std::uint8_t* to) {
  // Bytes go to the high halves of words, from where a shift extends their sign.
  const __m256i first = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13));
  const __m256i second = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(-1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15));
  for (std::size_t step = 0; step < steps; ++step, from += 64, to += 128) {
#pragma GCC unroll 2
    for (std::size_t half = 0; half < 2; ++half) {
      const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from) + half);
      auto* out = reinterpret_cast<__m256i*>(to) + half;
      _mm256_store_si256(out, _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, first), 8));
      _mm256_store_si256(out + 2, _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, second), 8));
    }
  }
}

// Rows row .. row + rows over steps first .. first + steps.
inline void narrow_block(const IntegerProduct& p, std::size_t row, std::size_t rows,
                         std::size_t first, std::size_t steps) {
  alignas(64) std::uint8_t widened[kWidenedRows * kWidenedRowBytes];
  alignas(64) std::uint8_t columns[kWidenedPanelBytes];
  for (std::size_t r = 0; r < rows; ++r) {
    widen_row(p.a + (row + r) * p.lda + 4 * first, steps, widened + r * kWidenedRowBytes);
  }
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    widen_panel(p.b + panel * p.panel_stride + 64 * first, steps, columns);
    std::int32_t* c = p.c + row * p.ldc + 16 * panel;
    const std::int32_t* start = p.start == nullptr ? nullptr : p.start + 16 * panel;
    integer_tiles<true>({.steps = 2 * steps,
                         .a = widened,
                         .lda = kWidenedRowBytes,
                         .b = columns,
                         .panel_stride = 0,
                         .start = first == 0 ? start : c,
                         .ld_start = first == 0 ? 0 : p.ldc,
                         .c = c,
                         .ldc = p.ldc},
                        rows, 1);
  }
}

inline void narrow_product(const IntegerProduct& p) {
  for (std::size_t row = 0; row < p.rows; row += kWidenedRows) {
    const std::size_t rows = p.rows - row < kWidenedRows ? p.rows - row : kWidenedRows;
    for (std::size_t first = 0; first < p.steps; first += kWidenedSteps) {
      const std::size_t left = p.steps - first;
      narrow_block(p, row, rows, first, left < kWidenedSteps ? left : kWidenedSteps);
    }
  }
}

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  if constexpr (kWide) {
    plain_product<true>(p);
  } else {
    narrow_product(p);
  }
}
