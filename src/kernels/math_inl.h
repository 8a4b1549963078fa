// exp and the GELU of one tier; included inside a target region and the tier's namespace.

// exp(x) for x <= 88, at most 2 ulp; 0 below -87.3, where the result would be subnormal.
// x = n ln 2 + r, |r| <= ln 2 / 2; ln 2 in two parts keeps r exact; degree 6 minimax for exp(r).
SEMEME_ALWAYS_INLINE Simd::Reg exp(Simd::Reg x) {
  const Simd::Reg lowest = Simd::set(-87.3F);
  const Simd::Reg clamped = Simd::max(x, lowest);
  const Simd::Reg n = Simd::round(Simd::mul(clamped, Simd::set(1.44269504F)));
  Simd::Reg r = Simd::fnma(n, Simd::set(0.693145752F), clamped);
  r = Simd::fnma(n, Simd::set(1.42860677e-6F), r);
  Simd::Reg p = Simd::set(kExpPolynomial[6]);
#pragma GCC unroll 8
  for (int i = 5; i >= 0; --i) p = Simd::fma(p, r, Simd::set(kExpPolynomial[i]));
  return Simd::if_ge(x, lowest, Simd::scale(p, n));
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

inline void exp_array(const float* x, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + Simd::kWidth <= n; i += Simd::kWidth) Simd::store(out + i, exp(Simd::load(x + i)));
  if (i < n) Simd::store_first(out + i, exp(Simd::load_first(x + i, n - i)), n - i);
}

inline void gelu_array(const float* x, std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + Simd::kWidth <= n; i += Simd::kWidth) Simd::store(out + i, gelu(Simd::load(x + i)));
  if (i < n) Simd::store_first(out + i, gelu(Simd::load_first(x + i, n - i)), n - i);
}
