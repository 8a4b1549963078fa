// Places of set bits; included inside a target region and the tier's namespace, after its
// count_bits(word) and first_bit(word), which may be anything for no bit.

// So many bits are taken of each word whether they are there or not: a branch on the next one goes
// wrong for every other word.
template <std::size_t kAtOnce>
SEMEME_ALWAYS_INLINE void list_set_bits(const SetBitsBlock& b) {
  std::uint32_t* out = b.places;
  for (std::size_t w = 0; w < b.words; ++w) {
    std::uint64_t bits = b.data[w];
    const std::uint32_t first = static_cast<std::uint32_t>(64 * w);
    std::uint32_t* const end = out + count_bits(bits);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      out[i] = first + first_bit(bits);
      bits &= bits - 1;
    }
    for (out += kAtOnce; bits != 0; bits &= bits - 1) *out++ = first + first_bit(bits);
    out = end;
  }
}

inline void list_set_bits(const SetBitsBlock& b) {
  // Bits of a word, on average.
  if (b.count < b.words) return list_set_bits<2>(b);
  if (b.count < 3 * b.words) return list_set_bits<5>(b);
  list_set_bits<kBitsRoom>(b);
}
