// From tiles of integer products to outputs; included by quantized_gemm_inl.h in the AMX tier.
//
// 8 bits: blocks of 32 x 32 sums, two tiles of A by two of B. The tile unit and the vector units
// work at the same time only when their instructions lie close together (a block's products alone
// fill more than the window of the out-of-order core), so each step of the next block's products is
// followed by a few rows of the last block's epilogue.
// Few rows (a query): one tile of A by four of B.

constexpr std::size_t kBlock = 32;

// A block of sums whose outputs are still to be made.
struct PendingBlock {
  std::size_t row = 0;
  std::size_t rows = 0;
  std::size_t done = 0;
  std::size_t column = 0;
  const std::int32_t* sums = nullptr;
};

template <QuantizedEpilogue kEpilogue, bool kWide, std::size_t kRows>
SEMEME_ALWAYS_INLINE void finish_some(const QuantizedGemmBlock& g, PendingBlock& pending) {
  if (pending.done >= pending.rows) return;
  const std::size_t first = pending.row + pending.done;
  const std::int32_t* sums = pending.sums + pending.done * kBlock;
  if (pending.done + kRows <= pending.rows) {
    finish_rows<kEpilogue, kWide, 2>(g, first, first + kRows, pending.column, sums, kBlock);
  } else {
    finish_rows<kEpilogue, kWide, 2>(g, first, pending.row + pending.rows, pending.column, sums,
                                     kBlock);
  }
  pending.done += kRows;
}

template <QuantizedEpilogue kEpilogue, bool kWide>
inline void finish_block(const QuantizedGemmBlock& g, PendingBlock& pending) {
  if (pending.done >= pending.rows) return;
  finish_rows<kEpilogue, kWide, 2>(g, pending.row + pending.done, pending.row + pending.rows,
                                   pending.column, pending.sums + pending.done * kBlock, kBlock);
  pending.done = pending.rows;
}

// Sums of rows row .. row + 32 and columns column .. column + 32, while `pending` is finished,
// kRows rows a step.
template <QuantizedEpilogue kEpilogue, std::size_t kRows>
inline void multiply_block(const QuantizedGemmBlock& g, std::size_t row, std::size_t column,
                           std::int32_t* sums, PendingBlock& pending) {
  const std::uint8_t* a0 = g.a.data + row * g.a.stride;
  const std::uint8_t* a1 = a0 + 16 * g.a.stride;
  const std::uint8_t* b0 = g.panels + column * g.k;
  const std::uint8_t* b1 = b0 + 16 * g.k;
  amx::tile_zero<0>();
  amx::tile_zero<1>();
  amx::tile_zero<2>();
  amx::tile_zero<3>();
  for (std::size_t k = 0; k < g.k; k += 64) {
    amx::tile_load<4>(a0 + k, g.a.stride);
    amx::tile_load<6>(b0 + 16 * k);
    amx::multiply_u8s8<0, 4, 6>();
    amx::tile_load<7>(b1 + 16 * k);
    amx::multiply_u8s8<1, 4, 7>();
    amx::tile_load<5>(a1 + k, g.a.stride);
    amx::multiply_u8s8<2, 5, 6>();
    amx::multiply_u8s8<3, 5, 7>();
    if constexpr (kRows > 0) finish_some<kEpilogue, false, kRows>(g, pending);
  }
  finish_block<kEpilogue, false>(g, pending);
  amx::tile_store<0>(sums, 4 * kBlock);
  amx::tile_store<1>(sums + 16, 4 * kBlock);
  amx::tile_store<2>(sums + 16 * kBlock, 4 * kBlock);
  amx::tile_store<3>(sums + 16 * kBlock + 16, 4 * kBlock);
}

template <QuantizedEpilogue kEpilogue, std::size_t kRows>
inline void multiply_blocks(const QuantizedGemmBlock& g) {
  alignas(64) std::int32_t sums[2][kBlock * kBlock];
  std::size_t turn = 0;
  PendingBlock pending;
  for (std::size_t column = 0; column < g.n; column += kBlock) {
    for (std::size_t row = 0; row < g.m; row += kBlock, turn ^= 1) {
      multiply_block<kEpilogue, kRows>(g, row, column, sums[turn], pending);
      pending = {.row = row,
                 .rows = g.m - row < kBlock ? g.m - row : kBlock,
                 .done = 0,
                 .column = column,
                 .sums = sums[turn]};
    }
  }
  finish_block<kEpilogue, false>(g, pending);
}

// m <= 16: the weights are read once, so they are asked for ahead.
template <QuantizedEpilogue kEpilogue>
inline void multiply_few_rows(const QuantizedGemmBlock& g) {
  constexpr std::size_t kColumns = 64;
  alignas(64) std::int32_t sums[16 * kColumns];
  for (std::size_t column = 0; column < g.n; column += kColumns) {
    const std::uint8_t* b = g.panels + column * g.k;
    const std::size_t panel = 16 * g.k;
    amx::tile_zero<0>();
    amx::tile_zero<1>();
    amx::tile_zero<2>();
    amx::tile_zero<3>();
    const bool fetch = column + kColumns < g.n;
    for (std::size_t k = 0; k < g.k; k += 64, b += 1024) {
      if (fetch) prefetch_lines(b + 4 * panel + 3 * k * 16, 4096);
      amx::tile_load<4>(g.a.data + k, g.a.stride);
      amx::tile_load<5>(b);
      amx::multiply_u8s8<0, 4, 5>();
      amx::tile_load<6>(b + panel);
      amx::multiply_u8s8<1, 4, 6>();
      amx::tile_load<5>(b + 2 * panel);
      amx::multiply_u8s8<2, 4, 5>();
      amx::tile_load<6>(b + 3 * panel);
      amx::multiply_u8s8<3, 4, 6>();
    }
    amx::tile_store<0>(sums, 4 * kColumns);
    amx::tile_store<1>(sums + 16, 4 * kColumns);
    amx::tile_store<2>(sums + 32, 4 * kColumns);
    amx::tile_store<3>(sums + 48, 4 * kColumns);
    finish_rows<kEpilogue, false, 4>(g, 0, g.m, column, sums, kColumns);
  }
}

template <QuantizedEpilogue kEpilogue>
inline void multiply_planes(const QuantizedGemmBlock& g) {
  PlaneSums sums;
  for (std::size_t column = 0; column < g.n; column += kBlock) {
    const std::uint8_t* b = g.panels + 2 * column * g.k;
    for (std::size_t row = 0; row < g.m; row += 16) {
      sums.multiply(g.a.data + row * g.a.stride, g.a.stride, g.k, b, b + 32 * g.k);
      const std::size_t rows = g.m - row < 16 ? g.m - row : 16;
      for (std::size_t i = 0; i < rows * kBlock; i += 16) {
        Simd::store_int(sums.low + i, sums.joined(i));
      }
      finish_rows<kEpilogue, true, 2>(g, row, row + rows, column, sums.low, kBlock);
    }
  }
}

template <QuantizedEpilogue kEpilogue, bool kWide>
inline void multiply_rows(const QuantizedGemmBlock& g) {
  const amx::TileSession session;
  if constexpr (kWide) {
    multiply_planes<kEpilogue>(g);
  } else if (g.m <= 16) {
    multiply_few_rows<kEpilogue>(g);
  } else if (g.k <= 448) {
    multiply_blocks<kEpilogue, 0>(g);
  } else {
    multiply_blocks<kEpilogue, 2>(g);
  }
}
