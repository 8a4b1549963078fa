// Attention of one tier; included inside a target region and the tier's namespace, after
// gemm_inl.h.

// c[r] = a[r] * b for the rows and registers of one tile, sums from zero in the order of k.
template <int kRows, int kRegs>
inline void product_tile(const ProductBlock& p) {
  Tile<kRows, kRegs> tile;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kRegs; ++v) tile.sums[r][v] = Simd::zero();
  }
  tile.multiply(p.a, p.lda, p.b, p.ldb, p.k);
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kRegs; ++v) {
      Simd::store(p.c + r * p.ldc + v * Simd::kWidth, tile.sums[r][v]);
    }
  }
}

template <int kRegs>
inline void product_rows(const ProductBlock& p, std::size_t rows) {
  switch (rows) {
    case 1:
      return product_tile<1, kRegs>(p);
    case 2:
      return product_tile<2, kRegs>(p);
    case 3:
      return product_tile<3, kRegs>(p);
    case 4:
      return product_tile<4, kRegs>(p);
    case 5:
      return product_tile<5, kRegs>(p);
    default:
      return product_tile<kTileRows, kRegs>(p);
  }
}

// c [rows, columns rounded up to registers] = a [rows, k] * b [k, columns], columns <= kPanel.
inline void product(ProductBlock p, std::size_t rows, std::size_t columns) {
  const std::size_t regs = (columns + Simd::kWidth - 1) / Simd::kWidth;
  for (std::size_t r = 0; r < rows; r += kTileRows) {
    const std::size_t count = rows - r < kTileRows ? rows - r : kTileRows;
    if (regs == 1) {
      product_rows<1>(p, count);
    } else if (regs == 2) {
      product_rows<2>(p, count);
    } else if (regs == 3) {
      product_rows<3 < kPanelRegs ? 3 : kPanelRegs>(p, count);
    } else {
      product_rows<kPanelRegs>(p, count);
    }
    p.a += count * p.lda;
    p.c += count * p.ldc;
  }
}

// scores[0 .. n) become 2^((score - highest) * scale); returns their sum. Lanes behind n in the
// last register become zero.
inline float softmax_row(float* scores, std::size_t n, float scale) {
  constexpr std::size_t w = Simd::kWidth;
  const std::size_t whole = n / w * w;
  const Simd::Reg lowest = Simd::set(-kInfinity);
  Simd::Reg high = lowest;
  for (std::size_t i = 0; i < whole; i += w) high = Simd::max(high, Simd::load(scores + i));
  if (whole < n) {
    high = Simd::max(high, Simd::select_first(Simd::load(scores + whole), lowest, n - whole));
  }
  const Simd::Reg highest = Simd::set(Simd::highest(high));
  const Simd::Reg factor = Simd::set(scale);
  Simd::Reg sum = Simd::zero();
  for (std::size_t i = 0; i < whole; i += w) {
    const Simd::Reg x = exp2(Simd::mul(Simd::sub(Simd::load(scores + i), highest), factor));
    Simd::store(scores + i, x);
    sum = Simd::add(sum, x);
  }
  if (whole < n) {
    Simd::Reg x = exp2(Simd::mul(Simd::sub(Simd::load(scores + whole), highest), factor));
    x = Simd::select_first(x, Simd::zero(), n - whole);
    Simd::store(scores + whole, x);
    sum = Simd::add(sum, x);
  }
  return Simd::sum(sum);
}

// K of one head as panels [T / kPanel][D][kPanel], V as [T][padded D]; zeros behind the ends, as
// far as the last register reaches.
inline void gather_head(const AttentionBlock& t, std::size_t head, float* keys, float* values) {
  const std::size_t hidden = t.heads * t.head_dim;
  const float* k = t.qkv + hidden + head * t.head_dim;
  const float* v = k + hidden;
  const std::size_t padded = (t.tokens + Simd::kWidth - 1) / Simd::kWidth * Simd::kWidth;
  std::size_t first = 0;
  for (; first + 4 <= t.tokens; first += 4) {
    float* panel = keys + first / kPanel * kPanel * t.head_dim + first % kPanel;
    const float* rows = k + first * t.ld;
    std::size_t d = 0;
    for (; d + 4 <= t.head_dim; d += 4) {
      Simd::transpose4(rows + d, t.ld, panel + d * kPanel, kPanel);
    }
    for (; d < t.head_dim; ++d) {
      for (std::size_t i = 0; i < 4; ++i) panel[d * kPanel + i] = rows[i * t.ld + d];
    }
  }
  for (std::size_t i = first; i < padded; ++i) {
    float* to = keys + i / kPanel * kPanel * t.head_dim + i % kPanel;
    for (std::size_t d = 0; d < t.head_dim; ++d) {
      to[d * kPanel] = i < t.tokens ? k[i * t.ld + d] : 0.0F;
    }
  }
  for (std::size_t i = 0; i < t.tokens; ++i) {
    float* to = values + i * t.padded_dim;
    for (std::size_t d = 0; d < t.head_dim; d += Simd::kWidth) {
      Simd::store(to + d, load_up_to(v + i * t.ld + d, 0, t.head_dim - d));
    }
  }
}

// Queries first .. first + rows of one head.
inline void attend_rows(const AttentionBlock& t, std::size_t head, std::size_t first,
                        std::size_t rows) {
  const std::size_t ld_scores = t.padded_tokens;
  for (std::size_t column = 0; column < t.tokens; column += kPanel) {
    const std::size_t left = t.tokens - column;
    product({.a = t.qkv + first * t.ld + head * t.head_dim,
             .lda = t.ld,
             .b = t.keys + column * t.head_dim,
             .ldb = kPanel,
             .k = t.head_dim,
             .c = t.scores + column,
             .ldc = ld_scores},
            rows, left < kPanel ? left : kPanel);
  }
  float inverse[kAttentionRows];
  for (std::size_t r = 0; r < rows; ++r) {
    inverse[r] = 1.0F / softmax_row(t.scores + r * ld_scores, t.tokens, t.scale);
  }
  for (std::size_t d = 0; d < t.head_dim; d += kPanel) {
    const std::size_t left = t.head_dim - d < kPanel ? t.head_dim - d : kPanel;
    float mixed[kAttentionRows * kPanel];
    product({.a = t.scores,
             .lda = ld_scores,
             .b = t.values + d,
             .ldb = t.padded_dim,
             .k = t.tokens,
             .c = mixed,
             .ldc = kPanel},
            rows, left);
    for (std::size_t r = 0; r < rows; ++r) {
      float* out = t.out + (first + r) * t.ld_out + head * t.head_dim + d;
      const Simd::Reg factor = Simd::set(inverse[r]);
      for (std::size_t v = 0; v * Simd::kWidth < left; ++v) {
        const Simd::Reg x = Simd::load(mixed + r * kPanel + v * Simd::kWidth);
        store_up_to(out, v, Simd::mul(x, factor), left);
      }
    }
  }
}

inline void attention_heads(const AttentionBlock& t) {
  for (std::size_t head = 0; head < t.heads; ++head) {
    gather_head(t, head, t.keys, t.values);
    for (std::size_t row = 0; row < t.tokens; row += kAttentionRows) {
      const std::size_t left = t.tokens - row;
      attend_rows(t, head, row, left < kAttentionRows ? left : kAttentionRows);
    }
  }
}
