// Integer products with VNNI; included inside a target region and the tier's namespace.
//
// A tile is 6 rows x 4 panels: 24 sums, four vectors of B and one broadcast of A. The products are
// inline assembly because GCC 12 spills the sums around its own intrinsics (a third of the speed).

struct ProductSession {};  // AMX has something to set up

template <bool kWide>
SEMEME_ALWAYS_INLINE __m512i multiply_add(__m512i sum, __m512i a, __m512i b) {
  if constexpr (kWide) {
    asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  } else {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }
  return sum;
}

template <bool kWide, int kRows, int kPanels>
inline void integer_tile(const IntegerProduct& p, const std::uint8_t* a, const std::uint8_t* b,
                         const std::int32_t* start, std::int32_t* c) {
  __m512i sums[kRows][kPanels];
#pragma GCC unroll 4
  for (std::size_t v = 0; v < kPanels; ++v) {
    const __m512i first =
        start == nullptr ? _mm512_setzero_si512() : _mm512_loadu_si512(start + 16 * v);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) sums[r][v] = first;
  }
  for (std::size_t step = 0; step < p.steps; ++step) {
    __m512i columns[kPanels];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kPanels; ++v) {
      columns[v] = _mm512_loadu_si512(b + v * p.panel_stride + step * 64);
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t group;
      __builtin_memcpy(&group, a + r * p.lda + step * 4, 4);
      const __m512i x = _mm512_set1_epi32(group);
#pragma GCC unroll 4
      for (int v = 0; v < kPanels; ++v) {
        sums[r][v] = multiply_add<kWide>(sums[r][v], x, columns[v]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kPanels; ++v) {
      _mm512_storeu_si512(c + r * p.ldc + 16 * v, sums[r][v]);
    }
  }
}

template <bool kWide, int kPanels>
inline void integer_panels(const IntegerProduct& p, std::size_t panel) {
  const std::uint8_t* b = p.b + panel * p.panel_stride;
  const std::int32_t* start = p.start == nullptr ? nullptr : p.start + 16 * panel;
  std::int32_t* c = p.c + 16 * panel;
  std::size_t row = 0;
  for (; row + 6 <= p.rows; row += 6) {
    integer_tile<kWide, 6, kPanels>(p, p.a + row * p.lda, b, start, c + row * p.ldc);
  }
  const std::uint8_t* a = p.a + row * p.lda;
  c += row * p.ldc;
  switch (p.rows - row) {
    case 1:
      return integer_tile<kWide, 1, kPanels>(p, a, b, start, c);
    case 2:
      return integer_tile<kWide, 2, kPanels>(p, a, b, start, c);
    case 3:
      return integer_tile<kWide, 3, kPanels>(p, a, b, start, c);
    case 4:
      return integer_tile<kWide, 4, kPanels>(p, a, b, start, c);
    case 5:
      return integer_tile<kWide, 5, kPanels>(p, a, b, start, c);
    default:
      return;
  }
}

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  std::size_t panel = 0;
  // Of one row panel after the other: B comes from memory at 28 GB/s as one stream, at 16 as four.
  for (; panel + 4 <= p.panels && p.rows > 1; panel += 4) {
    integer_panels<kWide, 4>(p, panel);
  }
  if (panel + 2 <= p.panels && p.rows > 1) {
    integer_panels<kWide, 2>(p, panel);
    panel += 2;
  }
  for (; panel < p.panels; ++panel) {
    integer_panels<kWide, 1>(p, panel);
  }
}
