// The f32 products of one tier; included inside a target region and the tier's namespace,
// after lanes_inl.h.
//
// A tile is kTileRows x kPanel: on AVX-512 24 sums, four vectors of B and one broadcast of A fill
// 29 of 32 registers; on AVX2 12 sums, two vectors and one broadcast fill 15 of 16.

constexpr int kTileRows = 6;
constexpr int kPanelRegs = Simd::kTileRegs;
constexpr std::size_t kPanel = kPanelRegs * Simd::kWidth;

template <int kRows, int kRegs>
struct Tile {
  Simd::Reg sums[kRows][kRegs];

  // Continues the sums with a[r][0 .. k) * b[0 .. k)[column]; rows of a lie lda apart, of b ldb.
  SEMEME_ALWAYS_INLINE void multiply(const float* a, std::size_t lda, const float* b,
                                     std::size_t ldb, std::size_t k) {
    for (std::size_t i = 0; i < k; ++i, b += ldb) {
      Simd::Reg columns[kRegs];
#pragma GCC unroll 8
      for (int v = 0; v < kRegs; ++v) columns[v] = Simd::load(b + v * Simd::kWidth);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const Simd::Reg x = Simd::set(a[r * lda + i]);
#pragma GCC unroll 8
        for (int v = 0; v < kRegs; ++v) sums[r][v] = Simd::fma(x, columns[v], sums[r][v]);
      }
    }
  }
};

// Rows row .. row + kRows of C in the columns of one panel. GELU runs over the stored tile, which
// is still in L1: inlined into the stores it would be unrolled 24 times.
template <int kRows>
inline void gemm_tile(const GemmBlock& g, std::size_t row, std::size_t column) {
  Tile<kRows, kPanelRegs> tile;
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kPanelRegs; ++v) {
    const Simd::Reg bias = Simd::load(g.bias + column + v * Simd::kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) tile.sums[r][v] = bias;
  }
  tile.multiply(g.a + row * g.lda, g.lda, g.panels + column * g.k, kPanel, g.k);
  const std::size_t count = g.n - column;
  float* c = g.c + row * g.ldc + column;
  if (g.epilogue == Epilogue::kResidual) {
    const float* residual = g.residual + row * g.ldr + column;
#pragma GCC unroll 16
    for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kPanelRegs; ++v) {
        tile.sums[r][v] = Simd::add(tile.sums[r][v], load_up_to(residual + r * g.ldr, v, count));
      }
    }
  }
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kPanelRegs; ++v) {
      store_up_to(c + r * g.ldc, v, tile.sums[r][v], count);
    }
  }
  if (g.epilogue != Epilogue::kGelu) return;
  for (std::size_t r = 0; r < kRows; ++r) {
    gelu_array(c + r * g.ldc, count < kPanel ? count : kPanel, c + r * g.ldc);
  }
}

inline void gemm_last_rows(const GemmBlock& g, std::size_t row, std::size_t column) {
  switch (g.m - row) {
    case 1:
      return gemm_tile<1>(g, row, column);
    case 2:
      return gemm_tile<2>(g, row, column);
    case 3:
      return gemm_tile<3>(g, row, column);
    case 4:
      return gemm_tile<4>(g, row, column);
    case 5:
      return gemm_tile<5>(g, row, column);
    default:
      return;
  }
}

// The tiles of a panel ask for a share of the next panel each: 2 % of the time of 32 x 128 tokens
// on AVX-512, 7 % on AVX2. Where tiles are few, requests for more than kMostFetched at a time cost
// more than they save.
constexpr std::size_t kMostFetched = 16 << 10;

inline void gemm_rows(const GemmBlock& g) {
  const std::size_t panel_bytes = g.k * kPanel * sizeof(float);
  const std::size_t share = panel_bytes / (g.m / kTileRows + 1) / 64 * 64 + 64;
  for (std::size_t column = 0; column < g.n; column += kPanel) {
    const char* next = reinterpret_cast<const char*>(g.panels + (column + kPanel) * g.k);
    const bool fetch = column + kPanel < g.n && share <= kMostFetched;
    std::size_t row = 0;
    for (; row + kTileRows <= g.m; row += kTileRows) {
      if (fetch) prefetch_lines(next + row / kTileRows * share, share);
      gemm_tile<kTileRows>(g, row, column);
    }
    gemm_last_rows(g, row, column);
  }
}

// As many independent chains as a tile has sums, for the peak that gemm_bench compares with.
inline double peak_flops() {
  constexpr int kRounds = 100000;
  Tile<kTileRows, kPanelRegs> tile;
#pragma GCC unroll 16
  for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kPanelRegs; ++v)
      tile.sums[r][v] = Simd::set(static_cast<float>(r * kPanelRegs + v));
  }
  const Simd::Reg x = Simd::set(0.5F);
  for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 16
    for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kPanelRegs; ++v) tile.sums[r][v] = Simd::fma(x, tile.sums[r][v], x);
    }
  }
  Simd::Reg sum = Simd::zero();
#pragma GCC unroll 16
  for (int r = 0; r < kTileRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kPanelRegs; ++v) sum = Simd::add(sum, tile.sums[r][v]);
  }
  // The result is used, so that the loop stays.
  return 2.0 * kRounds * kTileRows * kPanelRegs * Simd::kWidth + (Simd::sum(sum) < 0 ? 1 : 0);
}
