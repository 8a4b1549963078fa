// Sums of gathered rows on one tier; included inside a target region and the tier's namespace,
// after its Simd and its row formats F32Row, F16Row, Bf16Row and I8Row.
//
// A block of columns stays in registers while the rows pass by, so that an element costs one load
// and one addition. Rows are asked for some rows ahead: most of a table of 30 MB lies outside of
// the second-level cache, and the processor by itself looks ahead no further than a row or two (a
// fifth of the time on Granite Rapids, 256 columns of f32 or bytes).

SEMEME_ALWAYS_INLINE const std::byte* row_of(const GatherBlock& g, std::size_t i) {
  return g.table + static_cast<std::size_t>(g.ids[i]) * g.stride;
}

constexpr std::size_t kRowsAhead = 8;

// Asks for `bytes` of row `i` from `offset` on, if there is such a row.
SEMEME_ALWAYS_INLINE void fetch(const GatherBlock& g, std::size_t i, std::size_t offset,
                                std::size_t bytes) {
  if (i >= g.count) return;
  prefetch_lines(row_of(g, i) + offset, bytes);
}

// kRegs whole registers from `column` on.
template <class Row, int kRegs, bool kWeighted>
SEMEME_ALWAYS_INLINE void gather_columns(const GatherBlock& g, std::size_t column) {
  constexpr std::size_t w = Simd::kWidth;
  Simd::Reg sums[kRegs];
#pragma GCC unroll 16
  for (int r = 0; r < kRegs; ++r) sums[r] = Simd::zero();
  for (std::size_t i = 0; i < g.count; ++i) {
    const std::byte* row = row_of(g, i) + column * Row::kBytes;
    const Simd::Reg weight = kWeighted ? Simd::set(g.weights[i]) : Simd::zero();
    fetch(g, i + kRowsAhead, column * Row::kBytes, kRegs * w * Row::kBytes);
#pragma GCC unroll 16
    for (int r = 0; r < kRegs; ++r) {
      const Simd::Reg x = Row::load(row + static_cast<std::size_t>(r) * w * Row::kBytes);
      sums[r] = Simd::add(sums[r], kWeighted ? Simd::mul(weight, x) : x);
    }
  }
  const Simd::Reg scale = Simd::set(g.factor);
#pragma GCC unroll 16
  for (int r = 0; r < kRegs; ++r) {
    Simd::store(g.out + column + static_cast<std::size_t>(r) * w, Simd::mul(sums[r], scale));
  }
}

// Fewer columns than a register has.
template <class Row, bool kWeighted>
SEMEME_ALWAYS_INLINE void gather_tail(const GatherBlock& g, std::size_t column) {
  const std::size_t left = g.cols - column;
  Simd::Reg sum = Simd::zero();
  for (std::size_t i = 0; i < g.count; ++i) {
    const Simd::Reg x = Row::load_first(row_of(g, i) + column * Row::kBytes, left);
    sum = Simd::add(sum, kWeighted ? Simd::mul(Simd::set(g.weights[i]), x) : x);
  }
  Simd::store_first(g.out + column, Simd::mul(sum, Simd::set(g.factor)), left);
}

template <class Row, bool kWeighted>
SEMEME_ALWAYS_INLINE void gather_as(const GatherBlock& g) {
  constexpr std::size_t w = Simd::kWidth;
  std::size_t column = 0;
  for (; column + kGatherRegs * w <= g.cols; column += kGatherRegs * w) {
    gather_columns<Row, kGatherRegs, kWeighted>(g, column);
  }
  for (; column + 4 * w <= g.cols; column += 4 * w) {
    gather_columns<Row, 4, kWeighted>(g, column);
  }
  for (; column + w <= g.cols; column += w) gather_columns<Row, 1, kWeighted>(g, column);
  if (column < g.cols) gather_tail<Row, kWeighted>(g, column);
}

template <class Row>
inline void gather_sum(const GatherBlock& g) {
  if (g.weights == nullptr) {
    gather_as<Row, false>(g);
  } else {
    gather_as<Row, true>(g);
  }
}

// kRegs registers of 16-bit sums, over kByteRows rows at a time.
template <int kRegs>
SEMEME_ALWAYS_INLINE void gather_bytes(const GatherBlock& g, std::size_t column) {
  constexpr std::size_t w = Simd::kWidth;
  for (std::size_t begin = 0; begin < g.count; begin += kByteRows) {
    const std::size_t end = begin + kByteRows < g.count ? begin + kByteRows : g.count;
    Shorts::Reg sums[kRegs];
#pragma GCC unroll 16
    for (int r = 0; r < kRegs; ++r) sums[r] = Shorts::zero();
    for (std::size_t i = begin; i < end; ++i) {
      const std::byte* row = row_of(g, i) + column;
      fetch(g, i + kRowsAhead, column, 2 * kRegs * w);
#pragma GCC unroll 16
      for (int r = 0; r < kRegs; ++r) {
        sums[r] = Shorts::add(sums[r], Shorts::widen(row + static_cast<std::size_t>(r) * 2 * w));
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < 2 * kRegs; ++r) {
      float* out = g.out + column + static_cast<std::size_t>(r) * w;
      const Simd::Reg sum = Shorts::half(sums[r / 2], r % 2);
      Simd::store(out, begin == 0 ? sum : Simd::add(Simd::load(out), sum));
    }
  }
  const Simd::Reg scale = Simd::set(g.factor);
#pragma GCC unroll 32
  for (int r = 0; r < 2 * kRegs; ++r) {
    float* out = g.out + column + static_cast<std::size_t>(r) * w;
    Simd::store(out, Simd::mul(Simd::load(out), scale));
  }
}

inline void gather_byte_tail(const GatherBlock& g, std::size_t column) {
  for (; column < g.cols; ++column) {
    float total = 0;
    for (std::size_t begin = 0; begin < g.count; begin += kByteRows) {
      const std::size_t end = begin + kByteRows < g.count ? begin + kByteRows : g.count;
      std::int32_t sum = 0;
      for (std::size_t i = begin; i < end; ++i) {
        sum += static_cast<std::int8_t>(row_of(g, i)[column]);
      }
      total += static_cast<float>(sum);
    }
    g.out[column] = total * g.factor;
  }
}

inline void gather_sum_bytes(const GatherBlock& g) {
  if (g.weights != nullptr) return gather_as<I8Row, true>(g);
  constexpr std::size_t w = 2 * Simd::kWidth;
  std::size_t column = 0;
  for (; column + 8 * w <= g.cols; column += 8 * w) gather_bytes<8>(g, column);
  for (; column + w <= g.cols; column += w) gather_bytes<1>(g, column);
  gather_byte_tail(g, column);
}
