// Estimates of gathered rows of bits; included inside a target region and the tier's namespace,
// after its sum_at_bits(query, code, dims): the sum of the query's bytes at set bits.

// Rows that are asked for ahead of their use. Of 250,000 rows of a line each 16 are enough; of 1 %
// of a million, where each is a miss of all caches, a row takes 16 ns with 16 and 12 with 32.
constexpr std::size_t kBitRowsAhead = 32;

SEMEME_ALWAYS_INLINE float closeness_of(const BitRowsBlock& b, const std::uint8_t* row) {
  float addend;
  float factor;
  __builtin_memcpy(&addend, row + b.dims / 8, sizeof addend);
  __builtin_memcpy(&factor, row + b.dims / 8 + sizeof addend, sizeof factor);
  const float sum = static_cast<float>(sum_at_bits(b.query, row, b.dims));
  return __builtin_fmaf(factor, __builtin_fmaf(sum, b.scale, b.offset), -addend);
}

inline void estimate_bit_rows(const BitRowsBlock& b) {
  const std::size_t bytes = b.dims / 8 + 2 * sizeof(float);
  for (std::size_t i = 0; i < b.count && i < kBitRowsAhead; ++i) {
    prefetch_lines(b.rows + b.ids[i] * b.stride, bytes);
  }
  for (std::size_t i = 0; i < b.count; ++i) {
    if (i + kBitRowsAhead < b.count) {
      prefetch_lines(b.rows + b.ids[i + kBitRowsAhead] * b.stride, bytes);
    }
    b.closeness[i] = closeness_of(b, b.rows + b.ids[i] * b.stride);
  }
}
