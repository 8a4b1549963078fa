// dot and dot_rows of one tier; included inside a target region and the tier's namespace.
//
// Several sums (Simd::kDotSums) hide the four cycles that an addition takes. One row after the
// other: four at a time, which share loads of the query, are four streams to the prefetcher, and
// come from memory at 9 to 11 GB/s where one comes at 28 (Zen 4; a plain read is as fast).

// The sums as a tree; kDotSums is 1 or 4.
SEMEME_ALWAYS_INLINE float dot_total(const Simd::Reg* sums) {
  if constexpr (Simd::kDotSums == 1) {
    return Simd::sum(sums[0]);
  } else {
    return Simd::sum(Simd::add(Simd::add(sums[0], sums[1]), Simd::add(sums[2], sums[3])));
  }
}

SEMEME_ALWAYS_INLINE float dot_row(const float* query, const float* row, std::size_t n) {
  constexpr std::size_t w = Simd::kWidth;
  constexpr std::size_t kSums = Simd::kDotSums;
  Simd::Reg sums[kSums];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < kSums; ++j) sums[j] = Simd::zero();
  std::size_t i = 0;
  for (; i + kSums * w <= n; i += kSums * w) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kSums; ++j) {
      sums[j] = Simd::fma(Simd::load(query + i + j * w), Simd::load(row + i + j * w), sums[j]);
    }
  }
  for (; i < n; i += w) {
    const std::size_t left = n - i;
    const Simd::Reg q = left < w ? Simd::load_first(query + i, left) : Simd::load(query + i);
    const Simd::Reg x = left < w ? Simd::load_first(row + i, left) : Simd::load(row + i);
    sums[0] = Simd::fma(q, x, sums[0]);
  }
  return dot_total(sums);
}

inline void dot_rows(const float* query, const float* rows, std::size_t n, std::size_t row_count,
                     float* out) {
  std::size_t r = 0;
  // Zen 4 reads 27.6 GiB/s with 3 KiB asked ahead, 26.2 with none and 21.2 with 6 (384 dimensions).
  constexpr std::size_t kAhead = kScanAhead / 2;
  const std::size_t bytes = n * sizeof(float);
  for (const std::size_t end = rows_with_more(row_count, bytes, kAhead); r < end; ++r) {
    prefetch_ahead(rows + r * n, bytes, kAhead);
    out[r] = dot_row(query, rows + r * n, n);
  }
  for (; r < row_count; ++r) out[r] = dot_row(query, rows + r * n, n);
}
