// Integer products of tiles; included inside a target region and the tier's namespace. Steps come
// in whole tiles (kDepthStep), rows of A and C may be touched up to the next multiple of 16.

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

inline void narrow_product(const IntegerProduct& p) {
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

// Sixteen rows by two panels of 16-bit values: levels 256 h + l by integers 256 H + L as h H,
// h L + l H and l L, each a sum of bytes.
struct PlaneSums {
  static constexpr std::size_t kColumns = 32;
  alignas(64) std::int32_t high[16 * kColumns];
  alignas(64) std::int32_t middle[16 * kColumns];
  alignas(64) std::int32_t low[16 * kColumns];  ///< after join(): the sums

  // Of `depth` levels of rows a, lda bytes apart.
  SEMEME_ALWAYS_INLINE void multiply(const std::uint8_t* a, std::size_t lda, std::size_t depth,
                                     const std::uint8_t* b0, const std::uint8_t* b1) {
    const std::size_t plane = 16 * depth;
    amx::tile_zero<0>();
    amx::tile_zero<1>();
    amx::tile_zero<2>();
    amx::tile_zero<3>();
    amx::tile_zero<4>();
    amx::tile_zero<5>();
    for (std::size_t k = 0; k < depth; k += 64) {
      amx::tile_load<6>(a + k, lda);
      amx::tile_load<7>(b0 + 16 * k);
      amx::multiply_u8s8<0, 6, 7>();
      amx::tile_load<7>(b0 + plane + 16 * k);
      amx::multiply_u8s8<1, 6, 7>();
      amx::tile_load<7>(b1 + 16 * k);
      amx::multiply_u8s8<3, 6, 7>();
      amx::tile_load<7>(b1 + plane + 16 * k);
      amx::multiply_u8s8<4, 6, 7>();
      amx::tile_load<6>(a + depth + k, lda);
      amx::multiply_u8s8<5, 6, 7>();
      amx::tile_load<7>(b0 + plane + 16 * k);
      amx::multiply_u8s8<2, 6, 7>();
      amx::tile_load<7>(b1 + 16 * k);
      amx::multiply_u8s8<4, 6, 7>();
      amx::tile_load<7>(b0 + 16 * k);
      amx::multiply_u8s8<1, 6, 7>();
    }
    amx::tile_store<0>(high, 4 * kColumns);
    amx::tile_store<1>(middle, 4 * kColumns);
    amx::tile_store<2>(low, 4 * kColumns);
    amx::tile_store<3>(high + 16, 4 * kColumns);
    amx::tile_store<4>(middle + 16, 4 * kColumns);
    amx::tile_store<5>(low + 16, 4 * kColumns);
  }

  SEMEME_ALWAYS_INLINE Simd::Int joined(std::size_t i) const {
    const Simd::Int upper = Simd::shift_left<16>(Simd::load_int(high + i));
    const Simd::Int centre = Simd::shift_left<8>(Simd::load_int(middle + i));
    return Simd::add_int(Simd::add_int(upper, centre), Simd::load_int(low + i));
  }
};

// A row has its high bytes, then its low ones; so has a panel.
inline void wide_product(const IntegerProduct& p) {
  const std::size_t depth = 2 * p.steps;
  PlaneSums sums;
  for (std::size_t panel = 0; panel < p.panels; panel += 2) {
    const std::size_t panels = p.panels - panel < 2 ? 1 : 2;
    const std::uint8_t* b = p.b + panel * p.panel_stride;
    for (std::size_t row = 0; row < p.rows; row += 16) {
      const std::size_t rows = p.rows - row < 16 ? p.rows - row : 16;
      sums.multiply(p.a + row * p.lda, p.lda, depth, b, b + (panels - 1) * p.panel_stride);
      for (std::size_t v = 0; v < panels; ++v) {
        const std::size_t column = 16 * (panel + v);
        const Simd::Int start =
            p.start == nullptr ? Simd::set_int(0) : Simd::load_int(p.start + column);
        for (std::size_t r = 0; r < rows; ++r) {
          Simd::store_int(p.c + (row + r) * p.ldc + column,
                          Simd::add_int(sums.joined(r * PlaneSums::kColumns + 16 * v), start));
        }
      }
    }
  }
}

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  if constexpr (kWide) {
    wide_product(p);
  } else {
    narrow_product(p);
  }
}
