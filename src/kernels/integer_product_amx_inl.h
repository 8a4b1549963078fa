// Integer products of tiles for attention, 8 bits; included inside a target region and the tier's
// namespace. Steps come in whole tiles (kDepthStep), rows of A and C may be touched up to the next
// multiple of 16.

using ProductSession = amx::TileSession;

// The first sums of sixteen columns, in every row.
template <int kTile>
SEMEME_ALWAYS_INLINE void start_sums(const IntegerProduct& p, std::size_t panel) {
  if (p.start == nullptr) {
    amx::tile_zero<kTile>();
  } else {
    amx::tile_load<kTile>(p.start + 16 * panel, 0);
  }
}

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  static_assert(!kWide);
  const std::size_t depth = 4 * p.steps;
  const std::size_t ld_sums = 4 * p.ldc;
  std::size_t row = 0;
  for (; row + 16 < p.rows; row += 32) {
    const std::uint8_t* a0 = p.a + row * p.lda;
    const std::uint8_t* a1 = a0 + 16 * p.lda;
    std::int32_t* c = p.c + row * p.ldc;
    std::size_t panel = 0;
    for (; panel + 2 <= p.panels; panel += 2) {
      const std::uint8_t* b0 = p.b + panel * p.panel_stride;
      const std::uint8_t* b1 = b0 + p.panel_stride;
      start_sums<0>(p, panel);
      start_sums<1>(p, panel + 1);
      start_sums<2>(p, panel);
      start_sums<3>(p, panel + 1);
      for (std::size_t k = 0; k < depth; k += 64) {
        amx::tile_load<4>(a0 + k, p.lda);
        amx::tile_load<6>(b0 + 16 * k);
        amx::multiply_u8s8<0, 4, 6>();
        amx::tile_load<7>(b1 + 16 * k);
        amx::multiply_u8s8<1, 4, 7>();
        amx::tile_load<5>(a1 + k, p.lda);
        amx::multiply_u8s8<2, 5, 6>();
        amx::multiply_u8s8<3, 5, 7>();
      }
      amx::tile_store<0>(c + 16 * panel, ld_sums);
      amx::tile_store<1>(c + 16 * panel + 16, ld_sums);
      amx::tile_store<2>(c + 16 * p.ldc + 16 * panel, ld_sums);
      amx::tile_store<3>(c + 16 * p.ldc + 16 * panel + 16, ld_sums);
    }
    for (; panel < p.panels; ++panel) {
      const std::uint8_t* b = p.b + panel * p.panel_stride;
      start_sums<0>(p, panel);
      start_sums<2>(p, panel);
      for (std::size_t k = 0; k < depth; k += 64) {
        amx::tile_load<4>(a0 + k, p.lda);
        amx::tile_load<5>(a1 + k, p.lda);
        amx::tile_load<6>(b + 16 * k);
        amx::multiply_u8s8<0, 4, 6>();
        amx::multiply_u8s8<2, 5, 6>();
      }
      amx::tile_store<0>(c + 16 * panel, ld_sums);
      amx::tile_store<2>(c + 16 * p.ldc + 16 * panel, ld_sums);
    }
  }
  if (row >= p.rows) return;
  for (std::size_t panel = 0; panel < p.panels; ++panel) {
    const std::uint8_t* b = p.b + panel * p.panel_stride;
    start_sums<0>(p, panel);
    for (std::size_t k = 0; k < depth; k += 64) {
      amx::tile_load<4>(p.a + row * p.lda + k, p.lda);
      amx::tile_load<6>(b + 16 * k);
      amx::multiply_u8s8<0, 4, 6>();
    }
    amx::tile_store<0>(p.c + row * p.ldc + 16 * panel, ld_sums);
  }
}
