// Row operations of one tier; included inside a target region and the tier's namespace.

// Sum over a row of f(x), where f is x or (x - mean)^2: two sums, alternating.
template <bool kSquares>
SEMEME_ALWAYS_INLINE float row_sum(const float* x, std::size_t n, float mean) {
  constexpr std::size_t w = Simd::kWidth;
  const Simd::Reg centre = Simd::set(mean);
  Simd::Reg sums[2] = {Simd::zero(), Simd::zero()};
  std::size_t i = 0;
  for (; i + 2 * w <= n; i += 2 * w) {
#pragma GCC unroll 2
    for (std::size_t j = 0; j < 2; ++j) {
      const Simd::Reg v = Simd::load(x + i + j * w);
      const Simd::Reg d = Simd::sub(v, centre);
      sums[j] = kSquares ? Simd::fma(d, d, sums[j]) : Simd::add(sums[j], v);
    }
  }
  for (; i < n; i += w) {
    const std::size_t left = n - i;
    const Simd::Reg v = left < w ? Simd::load_first(x + i, left) : Simd::load(x + i);
    Simd::Reg d = Simd::sub(v, centre);
    if (left < w) d = Simd::select_first(d, Simd::zero(), left);
    sums[0] = kSquares ? Simd::fma(d, d, sums[0]) : Simd::add(sums[0], v);
  }
  return Simd::sum(Simd::add(sums[0], sums[1]));
}

inline void layer_norm_rows(const LayerNormBlock& t) {
  constexpr std::size_t w = Simd::kWidth;
  const float count = static_cast<float>(t.n);
  for (std::size_t r = 0; r < t.m; ++r) {
    float* x = t.x + r * t.ld;
    const float mean = row_sum<false>(x, t.n, 0.0F) / count;
    const float variance = row_sum<true>(x, t.n, mean) / count;
    const Simd::Reg factor = Simd::set(1.0F / __builtin_sqrtf(variance + t.epsilon));
    const Simd::Reg centre = Simd::set(mean);
    for (std::size_t i = 0; i < t.n; i += w) {
      const std::size_t left = t.n - i;
      const Simd::Reg d = Simd::mul(Simd::sub(load_up_to(x + i, 0, left), centre), factor);
      const Simd::Reg gamma = load_up_to(t.gamma + i, 0, left);
      store_up_to(x + i, 0, Simd::fma(d, gamma, load_up_to(t.beta + i, 0, left)), left);
    }
  }
}

inline void sum_three(const float* a, const float* b, const float* c, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; i += Simd::kWidth) {
    const std::size_t left = n - i;
    const Simd::Reg ab = Simd::add(load_up_to(a + i, 0, left), load_up_to(b + i, 0, left));
    store_up_to(out + i, 0, Simd::add(ab, load_up_to(c + i, 0, left)), left);
  }
}

inline void mean_rows(const float* x, std::size_t ld, std::size_t m, std::size_t n, float* out) {
  const Simd::Reg count = Simd::set(static_cast<float>(m));
  for (std::size_t i = 0; i < n; i += Simd::kWidth) {
    const std::size_t left = n - i;
    Simd::Reg sum = Simd::zero();
    for (std::size_t r = 0; r < m; ++r) sum = Simd::add(sum, load_up_to(x + r * ld + i, 0, left));
    store_up_to(out + i, 0, Simd::div(sum, count), left);
  }
}
