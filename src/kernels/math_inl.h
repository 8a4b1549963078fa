// Powers of two and the GELU of one tier; included inside a target region and the tier's namespace.

// 2^x for x <= 0, at most 2 ulp; 2^-126 from there down, which no sum of probabilities can see. The
// softmax takes powers of two, its scale holding the log2(e): the reduction of the argument is then
// exact and costs one subtraction.
SEMEME_ALWAYS_INLINE Simd::Reg exp2(Simd::Reg x) {
  const Simd::Reg clamped = Simd::max(x, Simd::set(-126.0F));
  const Simd::Reg n = Simd::round(clamped);
  const Simd::Reg r = Simd::sub(clamped, n);
  Simd::Reg p = Simd::set(kExp2Polynomial[6]);
#pragma GCC unroll 8
  for (int i = 5; i >= 0; --i) p = Simd::fma(p, r, Simd::set(kExp2Polynomial[i]));
  return Simd::scale(p, n);
}

// GELU: h + h * erf(x / sqrt 2), h = x / 2, with erf(x / sqrt 2) = x P(x^2) / Q(x^2) on
// [-5.4, 5.4], where the quotient reaches 1.
SEMEME_ALWAYS_INLINE Simd::Reg gelu(Simd::Reg x) {
  const Simd::Reg bound = Simd::set(kErfBound);
  const Simd::Reg t = Simd::max(Simd::min(x, bound), Simd::set(-kErfBound));
  const Simd::Reg u = Simd::mul(t, t);
  Simd::Reg p = Simd::set(kErfNumerator[5]);
  Simd::Reg q = Simd::set(kErfDenominator[5]);
#pragma GCC unroll 8
  for (int i = 4; i >= 0; --i) {
    p = Simd::fma(p, u, Simd::set(kErfNumerator[i]));
    q = Simd::fma(q, u, Simd::set(kErfDenominator[i]));
  }
  const Simd::Reg erf = Simd::div(Simd::mul(t, p), q);
  const Simd::Reg half = Simd::mul(x, Simd::set(0.5F));
  return Simd::fma(half, erf, half);
}

inline void exp2_array(const float* x, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + Simd::kWidth <= n; i += Simd::kWidth) Simd::store(out + i, exp2(Simd::load(x + i)));
  if (i < n) Simd::store_first(out + i, exp2(Simd::load_first(x + i, n - i)), n - i);
}

inline void gelu_array(const float* x, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + Simd::kWidth <= n; i += Simd::kWidth) Simd::store(out + i, gelu(Simd::load(x + i)));
  if (i < n) Simd::store_first(out + i, gelu(Simd::load_first(x + i, n - i)), n - i);
}
