// Vectors that reach behind the end of a row; included inside a target region and the tier's
// namespace.

// Vector v of a row that has `count` values from there on (none when count <= 0).
SEMEME_ALWAYS_INLINE Simd::Reg load_up_to(const float* from, std::size_t v, std::size_t count) {
  const std::size_t begin = v * Simd::kWidth;
  if (begin + Simd::kWidth <= count) return Simd::load(from + begin);
  return begin < count ? Simd::load_first(from + begin, count - begin) : Simd::zero();
}

SEMEME_ALWAYS_INLINE void store_up_to(float* to, std::size_t v, Simd::Reg x, std::size_t count) {
  const std::size_t begin = v * Simd::kWidth;
  if (begin + Simd::kWidth <= count) {
    Simd::store(to + begin, x);
  } else if (begin < count) {
    Simd::store_first(to + begin, x, count - begin);
  }
}
