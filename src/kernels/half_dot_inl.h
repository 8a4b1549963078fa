// Products of halves; included inside a target region and the tier's namespace, after its
// load_halves(from): sixteen of them as f32.

template <std::size_t kRows>
SEMEME_ALWAYS_INLINE void half_dot_block(const float* query, const std::uint16_t* rows,
                                         std::size_t n, float* out) {
  Simd::Reg sums[kRows][2];
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) sums[r][0] = sums[r][1] = Simd::zero();
  for (std::size_t i = 0; i < n; i += 32) {
#pragma GCC unroll 2
    for (std::size_t half = 0; half < 2; ++half) {
      const Simd::Reg q = Simd::load(query + i + 16 * half);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRows; ++r) {
        const Simd::Reg x = load_halves(rows + r * n + i + 16 * half);
        sums[r][half] = Simd::fma(q, x, sums[r][half]);
      }
    }
  }
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) out[r] = Simd::sum(Simd::add(sums[r][0], sums[r][1]));
}

inline void half_dots(const float* query, const std::uint16_t* rows, std::size_t n,
                      std::size_t count, float* out) {
  std::size_t r = 0;
  for (; r + kHalfRows <= count; r += kHalfRows) {
    half_dot_block<kHalfRows>(query, rows + r * n, n, out + r);
  }
  for (; r < count; ++r) half_dot_block<1>(query, rows + r * n, n, out + r);
}
