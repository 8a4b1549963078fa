// Products of bytes with halves of them, a row a lane; included inside a target region and the
// tier's namespace, after its NibbleLanes: sums of kRows rows in a register.

inline void nibble_sums(const NibbleBlock& b) {
  constexpr std::size_t kRegs = kBitBlockRows / NibbleLanes::kRows;
  // Two of each, for a product takes four cycles or five and may start in every one.
  NibbleLanes::Sum sums[2][kRegs];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegs; ++r) sums[0][r] = sums[1][r] = NibbleLanes::zero();
  for (std::size_t g = 0; g < b.dims / 8; g += 2) {
#pragma GCC unroll 2
    for (std::size_t i = 0; i < 2; ++i) {
      const std::uint8_t* codes = b.codes + 128 * (g + i);
      if (b.ahead != 0) prefetch_lines(codes + b.ahead, 128);
      const NibbleLanes::Query query = NibbleLanes::load_query(b.query + 8 * (g + i));
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRegs; ++r) {
        sums[i][r] =
            NibbleLanes::multiply_add(sums[i][r], codes + 4 * NibbleLanes::kRows * r, query);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegs; ++r) {
    NibbleLanes::store(b.sums + NibbleLanes::kRows * r, sums[0][r], sums[1][r]);
  }
}
