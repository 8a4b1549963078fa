// Products of halves; included inside a target region and the tier's namespace, after its
// load_halves(from): sixteen of them as f32. One row after the other, as in dot_inl.h.

inline void widen_halves(const std::uint16_t* from, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; i += 16) Simd::store(out + i, load_halves(from + i));
}

SEMEME_ALWAYS_INLINE float half_dot(const float* query, const std::uint16_t* row, std::size_t n) {
  Simd::Reg sums[2] = {Simd::zero(), Simd::zero()};
  for (std::size_t i = 0; i < n; i += 32) {
#pragma GCC unroll 2
    for (std::size_t half = 0; half < 2; ++half) {
      const Simd::Reg x = load_halves(row + i + 16 * half);
      sums[half] = Simd::fma(Simd::load(query + i + 16 * half), x, sums[half]);
    }
  }
  return Simd::sum(Simd::add(sums[0], sums[1]));
}

inline void half_dots(const float* query, const std::uint16_t* rows, std::size_t n,
                      std::size_t count, float* out) {
  std::size_t r = 0;
  for (const std::size_t end = rows_with_more(count, n * sizeof(*rows)); r < end; ++r) {
    prefetch_ahead(rows + r * n, n * sizeof(*rows));
    out[r] = half_dot(query, rows + r * n, n);
  }
  for (; r < count; ++r) out[r] = half_dot(query, rows + r * n, n);
}
