// Sums of looked-up bytes on x86; included inside a target region and the tier's namespace, after
// its ShuffleLanes: kGroups groups of sixteen bytes in a register.
//
// Bytes are added up in 16 bits two ways: all of a lane's sixteen bits, and its upper byte alone.
// Taking 256 times the second from the first leaves the sum of lower bytes, modulo 2^16.

// Rows 0..15 or 16..31.
struct LaneSums {
  ShuffleLanes::Reg both;
  ShuffleLanes::Reg odd;

  SEMEME_ALWAYS_INLINE void add(ShuffleLanes::Reg bytes) {
    both = ShuffleLanes::add_shorts(both, bytes);
    odd = ShuffleLanes::add_shorts(odd, ShuffleLanes::upper_bytes(bytes));
  }

  // Adds the sums of sixteen rows to `sums`.
  SEMEME_ALWAYS_INLINE void add_to(std::uint32_t* sums) const {
    const __m128i upper = ShuffleLanes::total_shorts(odd);
    const __m128i lower = _mm_sub_epi16(ShuffleLanes::total_shorts(both), _mm_slli_epi16(upper, 8));
    add_eight(_mm_unpacklo_epi16(lower, upper), sums);
    add_eight(_mm_unpackhi_epi16(lower, upper), sums + 8);
  }

 private:
  static SEMEME_ALWAYS_INLINE void add_eight(__m128i shorts, std::uint32_t* sums) {
    auto* at = reinterpret_cast<__m256i*>(sums);
    _mm256_storeu_si256(at,
                        _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_cvtepu16_epi32(shorts)));
  }
};

inline void add_bit_sums(const std::uint8_t* block, const std::uint8_t* table, std::size_t groups,
                         std::uint32_t* sums) {
  LaneSums low = {ShuffleLanes::zero(), ShuffleLanes::zero()};
  LaneSums high = low;
  for (std::size_t first = 0; first < groups; first += 16) {
#pragma GCC unroll 8
    for (std::size_t g = first; g < first + 16; g += ShuffleLanes::kGroups) {
      const ShuffleLanes::Reg codes = ShuffleLanes::load(block + 16 * g);
      const ShuffleLanes::Reg entries = ShuffleLanes::load(table + 16 * g);
      low.add(ShuffleLanes::look_up(entries, ShuffleLanes::low_nibbles(codes)));
      high.add(ShuffleLanes::look_up(entries, ShuffleLanes::high_nibbles(codes)));
    }
  }
  low.add_to(sums);
  high.add_to(sums + 16);
}
