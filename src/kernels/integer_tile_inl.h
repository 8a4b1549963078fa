// Tiles of integer products in 256-bit registers; included inside a target region and the tier's
// namespace, after the tier's multiply_add<kWide>(sum, a, b).
//
// A tile is 6 rows x 1 panel: 12 sums, the two halves of the panel and a broadcast of A, which
// leaves one of 16 registers for multiply_add. Fewer rows take more panels, so that there are
// enough sums to hide the latency of a product; one row takes one, as a single stream from memory.

struct IntegerTile {
  std::size_t steps;
  const std::uint8_t* a;
  std::size_t lda;
  const std::uint8_t* b;
  std::size_t panel_stride;
  const std::int32_t* start;  ///< or null for zeros
  std::size_t ld_start;
  std::int32_t* c;
  std::size_t ldc;
};

template <bool kWide, int kRows, int kPanels>
inline void integer_tile(const IntegerTile& t) {
  constexpr std::size_t kHalves = 2 * kPanels;
  __m256i sums[kRows][kHalves];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kHalves; ++v) {
      sums[r][v] = t.start == nullptr ? _mm256_setzero_si256()
                                      : _mm256_loadu_si256(reinterpret_cast<const __m256i*>(
                                            t.start + r * t.ld_start + 8 * v));
    }
  }
  for (std::size_t step = 0; step < t.steps; ++step) {
    __m256i columns[kHalves];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kHalves; ++v) {
      const std::uint8_t* from = t.b + v / 2 * t.panel_stride + step * 64 + v % 2 * 32;
      columns[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t group;
      __builtin_memcpy(&group, t.a + r * t.lda + step * 4, 4);
      const __m256i x = _mm256_set1_epi32(group);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kHalves; ++v) {
        sums[r][v] = multiply_add<kWide>(sums[r][v], x, columns[v]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kHalves; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(t.c + r * t.ldc + 8 * v), sums[r][v]);
    }
  }
}

// kRows rows of `panels` panels, kPanels at a time.
template <bool kWide, int kRows, int kPanels>
inline void integer_rows(IntegerTile t, std::size_t panels) {
  const std::size_t start_step = t.start == nullptr ? 0 : 16;
  std::size_t panel = 0;
  for (; panel + kPanels <= panels; panel += kPanels) {
    integer_tile<kWide, kRows, kPanels>(t);
    t.b += kPanels * t.panel_stride;
    t.start += kPanels * start_step;
    t.c += kPanels * 16;
  }
  for (; panel < panels; ++panel) {
    integer_tile<kWide, kRows, 1>(t);
    t.b += t.panel_stride;
    t.start += start_step;
    t.c += 16;
  }
}

SEMEME_ALWAYS_INLINE IntegerTile tile_at(const IntegerTile& t, std::size_t row, std::size_t panel) {
  IntegerTile out = t;
  out.a += row * t.lda;
  out.b += panel * t.panel_stride;
  if (t.start != nullptr) out.start += row * t.ld_start + 16 * panel;
  out.c += row * t.ldc + 16 * panel;
  return out;
}

// All rows and panels: a panel stays in the L1 cache while whole tiles of rows pass by.
template <bool kWide>
inline void integer_tiles(const IntegerTile& t, std::size_t rows, std::size_t panels) {
  const std::size_t whole = rows / 6 * 6;
  for (std::size_t panel = 0; panel < panels; ++panel) {
    for (std::size_t row = 0; row < whole; row += 6) {
      integer_tile<kWide, 6, 1>(tile_at(t, row, panel));
    }
  }
  const IntegerTile last = tile_at(t, whole, 0);
  switch (rows - whole) {
    case 1:
      return integer_rows<kWide, 1, 1>(last, panels);
    case 2:
      return integer_rows<kWide, 2, 2>(last, panels);
    case 3:
      return integer_rows<kWide, 3, 2>(last, panels);
    case 4:
      return integer_rows<kWide, 4, 1>(last, panels);
    case 5:
      return integer_rows<kWide, 5, 1>(last, panels);
    default:
      return;
  }
}

// The whole product, whose start is the same for every row.
template <bool kWide>
inline void plain_product(const IntegerProduct& p) {
  integer_tiles<kWide>({.steps = p.steps,
                        .a = p.a,
                        .lda = p.lda,
                        .b = p.b,
                        .panel_stride = p.panel_stride,
                        .start = p.start,
                        .ld_start = 0,
                        .c = p.c,
                        .ldc = p.ldc},
                       p.rows, p.panels);
}
