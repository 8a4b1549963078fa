// dot and dot_rows of one tier; included inside a target region and the tier's namespace.
//
// Several sums per row (Simd::kDotSums) hide the four cycles that an addition takes; Simd::kDotRows
// rows at a time share each load of the query. Each row has its own sums, so its result does not
// depend on its neighbours.

// The sums as a tree; kDotSums is 1 or 4.
SEMEME_ALWAYS_INLINE float dot_total(const Simd::Reg* sums) {
  if constexpr (Simd::kDotSums == 1) {
    return Simd::sum(sums[0]);
  } else {
    return Simd::sum(Simd::add(Simd::add(sums[0], sums[1]), Simd::add(sums[2], sums[3])));
  }
}

template <int kRows>
SEMEME_ALWAYS_INLINE void dot_block(const float* query, const float* rows, std::size_t n,
                                    float* out) {
  constexpr std::size_t w = Simd::kWidth;
  constexpr std::size_t kSums = Simd::kDotSums;
  Simd::Reg sums[kRows][kSums];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kSums; ++j) sums[r][j] = Simd::zero();
  }
  std::size_t i = 0;
  for (; i + kSums * w <= n; i += kSums * w) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kSums; ++j) {
      const Simd::Reg q = Simd::load(query + i + j * w);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRows; ++r) {
        sums[r][j] = Simd::fma(q, Simd::load(rows + r * n + i + j * w), sums[r][j]);
      }
    }
  }
  for (; i < n; i += w) {
    const std::size_t left = n - i;
#pragma GCC unroll 4
    for (std::size_t r = 0; r < kRows; ++r) {
      const float* row = rows + r * n + i;
      const Simd::Reg q = left < w ? Simd::load_first(query + i, left) : Simd::load(query + i);
      const Simd::Reg x = left < w ? Simd::load_first(row, left) : Simd::load(row);
      sums[r][0] = Simd::fma(q, x, sums[r][0]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) out[r] = dot_total(sums[r]);
}

inline void dot_rows(const float* query, const float* rows, std::size_t n, std::size_t row_count,
                     float* out) {
  constexpr std::size_t kDotRows = Simd::kDotRows;
  std::size_t r = 0;
  for (; r + kDotRows <= row_count; r += kDotRows) {
    dot_block<static_cast<int>(kDotRows)>(query, rows + r * n, n, out + r);
  }
  for (; r < row_count; ++r) dot_block<1>(query, rows + r * n, n, out + r);
}
