// Products of halves; included inside a target region and the tier's namespace, after its
// load_halves(from): sixteen of them as f32. One row after the other, as in dot_inl.h.

inline void widen_halves(const std::uint16_t* from, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; i += 16) Simd::store(out + i, load_halves(from + i));
}

// Adds products of 16 kSteps numbers to two sums by turns.
template <std::size_t kSteps>
SEMEME_ALWAYS_INLINE void add_halves(const float* query, const std::uint16_t* row,
                                     Simd::Reg* sums) {
#pragma GCC unroll 8
  for (std::size_t j = 0; j < kSteps; ++j) {
    sums[j % 2] = Simd::fma(Simd::load(query + 16 * j), load_halves(row + 16 * j), sums[j % 2]);
  }
}

SEMEME_ALWAYS_INLINE float half_dot(const float* query, const std::uint16_t* row, std::size_t n) {
  Simd::Reg sums[2] = {Simd::zero(), Simd::zero()};
  std::size_t i = 0;
  for (; i + 128 <= n; i += 128) add_halves<8>(query + i, row + i, sums);  // as in dot_inl.h
  for (; i < n; i += 32) add_halves<2>(query + i, row + i, sums);
  return Simd::sum(Simd::add(sums[0], sums[1]));
}

inline void half_dots(const float* query, const std::uint16_t* rows, std::size_t n,
                      std::size_t count, float* out) {
  std::size_t r = 0;
  const ScanAhead ahead(count, n * sizeof(*rows));
  for (; r < ahead.askers(); ++r) {
    ahead.ask(rows + r * n);
    out[r] = half_dot(query, rows + r * n, n);
  }
  for (; r < count; ++r) out[r] = half_dot(query, rows + r * n, n);
}
