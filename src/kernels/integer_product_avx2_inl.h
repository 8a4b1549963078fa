// Integer products with AVX2; included inside a target region and the tier's namespace.
//
// vpmaddubsw would saturate (2 x 255 x 127 does not fit 16 bits), so bytes are widened to 16 bits
// and multiplied by vpmaddwd, which is exact. Of a group of four levels that leaves two sums a
// column, joined at the end. A tile is 3 rows x 1 panel: 12 sums, a broadcast and one widened
// quarter of the panel.

struct ProductSession {};  // AMX has something to set up

constexpr std::size_t kWidenedGroups = 512;  // 4 KB a row

// Four columns of a panel at one step.
SEMEME_ALWAYS_INLINE __m256i widened_columns(const std::uint8_t* b) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
}

template <int kRows>
inline void narrow_tile(const IntegerProduct& p, const std::uint64_t* a, std::size_t lda,
                        std::size_t steps, const std::uint8_t* b, std::int32_t* c, bool add) {
  __m256i sums[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) sums[r][q] = _mm256_setzero_si256();
  }
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const __m256i columns = widened_columns(b + step * 64 + 16 * q);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRows; ++r) {
        const __m256i x = _mm256_set1_epi64x(static_cast<long long>(a[r * lda + step]));
        sums[r][q] = _mm256_add_epi32(sums[r][q], _mm256_madd_epi16(x, columns));
      }
    }
  }
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (std::size_t half = 0; half < 2; ++half) {
      // hadd gives columns 0 1 4 5 | 2 3 6 7 of the eight.
      const __m256i mixed = _mm256_hadd_epi32(sums[r][2 * half], sums[r][2 * half + 1]);
      __m256i out = _mm256_permute4x64_epi64(mixed, 0xD8);
      auto* to = reinterpret_cast<__m256i*>(c + r * p.ldc + 8 * half);
      if (add) out = _mm256_add_epi32(out, _mm256_loadu_si256(to));
      _mm256_storeu_si256(to, out);
    }
  }
}

// Bytes of up to three rows as 16-bit values.
inline void widen_rows(const IntegerProduct& p, std::size_t row, std::size_t rows,
                       std::size_t first, std::size_t steps, std::uint64_t* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::uint8_t* from = p.a + (row + r) * p.lda + 4 * first;
    std::uint64_t* to = out + r * kWidenedGroups;
    std::size_t step = 0;
    for (; step + 4 <= steps; step += 4) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 4 * step));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + step), _mm256_cvtepu8_epi16(bytes));
    }
    for (; step < steps; ++step) {
      std::int32_t group;
      __builtin_memcpy(&group, from + 4 * step, 4);
      to[step] = static_cast<std::uint64_t>(
          _mm_cvtsi128_si64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(group))));
    }
  }
}

inline void narrow_product(const IntegerProduct& p) {
  alignas(32) std::uint64_t widened[3 * kWidenedGroups];
  for (std::size_t row = 0; p.start != nullptr && row < p.rows; ++row) {
    __builtin_memcpy(p.c + row * p.ldc, p.start, 64 * p.panels);
  }
  const bool started = p.start != nullptr;
  for (std::size_t first = 0; first < p.steps; first += kWidenedGroups) {
    const std::size_t left = p.steps - first;
    const std::size_t steps = left < kWidenedGroups ? left : kWidenedGroups;
    for (std::size_t row = 0; row < p.rows; row += 3) {
      const std::size_t rows = p.rows - row < 3 ? p.rows - row : 3;
      widen_rows(p, row, rows, first, steps, widened);
      for (std::size_t panel = 0; panel < p.panels; ++panel) {
        const std::uint8_t* b = p.b + panel * p.panel_stride + 64 * first;
        std::int32_t* c = p.c + row * p.ldc + 16 * panel;
        if (rows == 3) {
          narrow_tile<3>(p, widened, kWidenedGroups, steps, b, c, started || first > 0);
        } else if (rows == 2) {
          narrow_tile<2>(p, widened, kWidenedGroups, steps, b, c, started || first > 0);
        } else {
          narrow_tile<1>(p, widened, kWidenedGroups, steps, b, c, started || first > 0);
        }
      }
    }
  }
}

// 16-bit values: groups of two, whole sums, 6 rows x 1 panel.
template <int kRows>
inline void wide_tile(const IntegerProduct& p, const std::uint8_t* a, const std::uint8_t* b,
                      std::int32_t* c) {
  __m256i sums[kRows][2];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) sums[r][0] = sums[r][1] = _mm256_setzero_si256();
  for (std::size_t step = 0; step < p.steps; ++step) {
    const auto* columns = reinterpret_cast<const __m256i*>(b + step * 64);
    const __m256i low = _mm256_loadu_si256(columns);
    const __m256i high = _mm256_loadu_si256(columns + 1);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t group;
      __builtin_memcpy(&group, a + r * p.lda + step * 4, 4);
      const __m256i x = _mm256_set1_epi32(group);
      sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(x, low));
      sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(x, high));
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
    auto* to = reinterpret_cast<__m256i*>(c + r * p.ldc);
    _mm256_storeu_si256(to, sums[r][0]);
    _mm256_storeu_si256(to + 1, sums[r][1]);
  }
}

inline void wide_product(const IntegerProduct& p) {
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    const std::uint8_t* b = p.b + panel * p.panel_stride;
    std::int32_t* c = p.c + 16 * panel;
    std::size_t row = 0;
    for (; row + 6 <= p.rows; row += 6) {
      wide_tile<6>(p, p.a + row * p.lda, b, c + row * p.ldc);
    }
    for (; row + 2 <= p.rows; row += 2) {
      wide_tile<2>(p, p.a + row * p.lda, b, c + row * p.ldc);
    }
    if (row < p.rows) wide_tile<1>(p, p.a + row * p.lda, b, c + row * p.ldc);
  }
}

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  if constexpr (kWide) {
    wide_product(p);
  } else {
    narrow_product(p);
  }
}
