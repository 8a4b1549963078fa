// first_above of one tier; included inside a target region and the tier's namespace.

template <bool kEach>
SEMEME_ALWAYS_INLINE std::size_t first_above_in(const float* scores, const float* thresholds,
                                                std::size_t n) {
  constexpr std::size_t w = Simd::kWidth;
  const Simd::Reg one = Simd::set(thresholds[0]);
  std::size_t i = 0;
  for (; i + w <= n; i += w) {
    const Simd::Reg threshold = kEach ? Simd::load(thresholds + i) : one;
    const unsigned above = Simd::above(Simd::load(scores + i), threshold);
    if (above != 0) return i + static_cast<std::size_t>(__builtin_ctz(above));
  }
  while (i < n && !(scores[i] > thresholds[kEach ? i : 0])) ++i;
  return i;
}

inline std::size_t first_above(const float* scores, const float* thresholds, std::size_t n,
                               bool each) {
  return each ? first_above_in<true>(scores, thresholds, n)
              : first_above_in<false>(scores, thresholds, n);
}
