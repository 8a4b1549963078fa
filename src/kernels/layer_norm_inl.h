// Row operations of one tier; included inside a target region and the tier's namespace.

// Sum over a row of f(x), where f is x or (x - mean)^2: four sums in turn.
template <bool kSquares>
SEMEME_ALWAYS_INLINE float row_sum(const float* x, std::size_t n, float mean) {
  constexpr std::size_t w = Simd::kWidth;
  const Simd::Reg centre = Simd::set(mean);
  Simd::Reg sums[4] = {Simd::zero(), Simd::zero(), Simd::zero(), Simd::zero()};
  std::size_t i = 0;
  for (; i + 4 * w <= n; i += 4 * w) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
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
  return Simd::sum(Simd::add(Simd::add(sums[0], sums[1]), Simd::add(sums[2], sums[3])));
}

struct RowMoments {
  float mean;
  float factor;  // 1 / sqrt(variance + epsilon)
};

SEMEME_ALWAYS_INLINE RowMoments row_moments(const float* x, std::size_t n, float epsilon) {
  const float count = static_cast<float>(n);
  const float mean = row_sum<false>(x, n, 0.0F) / count;
  const float variance = row_sum<true>(x, n, mean) / count;
  return {mean, 1.0F / __builtin_sqrtf(variance + epsilon)};
}

inline void layer_norm_rows(const LayerNormBlock& t) {
  constexpr std::size_t w = Simd::kWidth;
  for (std::size_t r = 0; r < t.m; ++r) {
    float* x = t.x + r * t.ld;
    const RowMoments moments = row_moments(x, t.n, t.epsilon);
    const Simd::Reg factor = Simd::set(moments.factor);
    const Simd::Reg centre = Simd::set(moments.mean);
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
