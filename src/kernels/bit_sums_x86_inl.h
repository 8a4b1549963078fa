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

  // Adds the sums of sixteen rows to `sums`, or sets them.
  SEMEME_ALWAYS_INLINE void put(std::uint32_t* sums, bool adds) const {
    const __m128i upper = ShuffleLanes::total_shorts(odd);
    const __m128i lower = _mm_sub_epi16(ShuffleLanes::total_shorts(both), _mm_slli_epi16(upper, 8));
    put_eight(_mm_unpacklo_epi16(lower, upper), sums, adds);
    put_eight(_mm_unpackhi_epi16(lower, upper), sums + 8, adds);
  }

 private:
  static SEMEME_ALWAYS_INLINE void put_eight(__m128i shorts, std::uint32_t* sums, bool adds) {
    auto* at = reinterpret_cast<__m256i*>(sums);
    const __m256i wide = _mm256_cvtepu16_epi32(shorts);
    _mm256_storeu_si256(at, adds ? _mm256_add_epi32(_mm256_loadu_si256(at), wide) : wide);
  }
};

inline void bit_sums(const std::uint8_t* block, const std::uint8_t* table, std::size_t groups,
                     std::uint32_t* sums) {
  constexpr std::size_t kStep = kByteSumEntries * ShuffleLanes::kGroups;
  std::size_t first = 0;
  // Around the kernel instead, in one place for all tiers, this loop takes 33 to 41 ns.
  do {
    const bool adds = first > 0;
    LaneSums low = {ShuffleLanes::zero(), ShuffleLanes::zero()};
    LaneSums high = low;
    const std::size_t end = groups - first > kShortSumGroups ? first + kShortSumGroups : groups;
    for (; first < end; first += kStep) {
      ShuffleLanes::Reg low_bytes = ShuffleLanes::zero();
      ShuffleLanes::Reg high_bytes = ShuffleLanes::zero();
#pragma GCC unroll 4
      for (std::size_t g = first; g < first + kStep; g += ShuffleLanes::kGroups) {
        ShuffleLanes::Reg codes = ShuffleLanes::load(block + 16 * g);
        ShuffleLanes::Reg entries = ShuffleLanes::load(table + 16 * g);
        // In registers: GCC 12 loads both again for each use (36 instead of 33 ns for 384
        // dimensions).
        asm("" : "+v"(codes), "+v"(entries));
        low_bytes = ShuffleLanes::add_bytes(
            low_bytes, ShuffleLanes::look_up(entries, ShuffleLanes::low_nibbles(codes)));
        high_bytes = ShuffleLanes::add_bytes(
            high_bytes, ShuffleLanes::look_up(entries, ShuffleLanes::high_nibbles(codes)));
      }
      low.add(low_bytes);
      high.add(high_bytes);
    }
    low.put(sums, adds);
    high.put(sums + 16, adds);
  } while (first < groups);
}
