// Inner products of bytes; included inside a target region and the tier's namespace, after its
// ByteLanes: kWidth bytes at a time, a Sum of 32-bit lanes, and what a product is off by.

// Rows by id whose products run side by side. Rows that lie together come one after the other, as
// one stream (dot_inl.h).
constexpr std::size_t kByteRowsAtOnce = 4;
// Rows that are asked for ahead of their use, by id: 384 bytes each fill half of the first-level
// cache's 12 or more outstanding lines.
constexpr std::size_t kByteRowsAhead = 2 * kByteRowsAtOnce;

template <bool kById>
SEMEME_ALWAYS_INLINE const std::int8_t* byte_row(const ByteDotBlock& p, std::size_t r) {
  return p.rows + (kById ? p.ids[r] : r) * p.stride;
}

template <std::size_t kRows, bool kById>
SEMEME_ALWAYS_INLINE void dot_rows(const ByteDotBlock& p, std::size_t first, std::int32_t offset) {
  const std::int8_t* rows[kRows];
  ByteLanes::Sum sums[kRows];
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) {
    rows[r] = byte_row<kById>(p, first + r);
    sums[r] = ByteLanes::zero();
  }
  for (std::size_t i = 0; i < p.n; i += ByteLanes::kWidth) {
    const auto query = ByteLanes::load_query(p.query + i);
#pragma GCC unroll 4
    for (std::size_t r = 0; r < kRows; ++r) {
      sums[r] = ByteLanes::multiply_add(sums[r], ByteLanes::load_row(rows[r] + i), query);
    }
  }
#pragma GCC unroll 4
  for (std::size_t r = 0; r < kRows; ++r) p.out[first + r] = ByteLanes::total(sums[r]) - offset;
}

inline void byte_dots_by_id(const ByteDotBlock& p, std::int32_t offset) {
  std::size_t r = 0;
  for (; r + kByteRowsAtOnce <= p.count; r += kByteRowsAtOnce) {
    const std::size_t ahead = r + kByteRowsAhead;
    for (std::size_t a = ahead; a < ahead + kByteRowsAtOnce && a < p.count; ++a) {
      prefetch_lines(byte_row<true>(p, a), p.n);
    }
    dot_rows<kByteRowsAtOnce, true>(p, r, offset);
  }
  for (; r < p.count; ++r) dot_rows<1, true>(p, r, offset);
}

inline void byte_dots(const ByteDotBlock& p) {
  const std::int32_t offset = ByteLanes::offset(p.query, p.n);
  if (p.ids != nullptr) return byte_dots_by_id(p, offset);
  for (std::size_t r = 0; r < p.count; ++r) dot_rows<1, false>(p, r, offset);
}
