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

// Adds products of kSteps registers to kDotSums sums by turns.
template <std::size_t kSteps>
SEMEME_ALWAYS_INLINE void add_products(const float* query, const float* row, Simd::Reg* sums) {
#pragma GCC unroll 8
  for (std::size_t j = 0; j < kSteps; ++j) {
    const std::size_t at = j * Simd::kWidth;
    Simd::Reg& sum = sums[j % Simd::kDotSums];
    sum = Simd::fma(Simd::load(query + at), Simd::load(row + at), sum);
  }
}

SEMEME_ALWAYS_INLINE float dot_row(const float* query, const float* row, std::size_t n) {
  constexpr std::size_t w = Simd::kWidth;
  constexpr std::size_t kSums = Simd::kDotSums;
  Simd::Reg sums[kSums];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < kSums; ++j) sums[j] = Simd::zero();
  // By eights a Zen 4 reads rows of 384 dimensions at 26 GiB/s wherever the query lies, by fours at
  // 21 to 25, beside 28 of a plain read (index/flat_scan.h, ScanBuffer).
  std::size_t i = 0;
  for (; i + 2 * kSums * w <= n; i += 2 * kSums * w) {
    add_products<2 * kSums>(query + i, row + i, sums);
  }
  for (; i + kSums * w <= n; i += kSums * w) add_products<kSums>(query + i, row + i, sums);
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
  const ScanAhead ahead(row_count, n * sizeof(float));
  for (; r < ahead.askers(); ++r) {
    ahead.ask(rows + r * n);
    out[r] = dot_row(query, rows + r * n, n);
  }
  for (; r < row_count; ++r) out[r] = dot_row(query, rows + r * n, n);
}
