// f32 as two bf16, in the layouts of tiles; included inside the target region and the namespace of
// AMX, where Simd is that of AVX-512.
//
// x = high + low with at most 2^-17 |x| left over: high is x rounded to bf16, low the rest rounded
// to bf16. A product takes a_low * b_high + a_high * b_high + a_high * b_low, in this order; what
// it drops, a_low * b_low, is below 2^-18 |a b|. Infinities and NaN come out as NaN (the rest of an
// infinity is NaN), as do values above 3.38e38, which bf16 rounds to infinity. Rests below 2^-126
// count as zero.
//
// A is cut into steps of 32 rows x 32 k, B into steps of 32 k x 32 columns, 4 KiB each:
//   A: rows 0-15 high, rows 0-15 low, rows 16-31 high, rows 16-31 low, each [16][32] bf16
//   B: columns 0-15 high, low, columns 16-31 high, low, each [16 pairs of k][16 columns][2] bf16

constexpr std::size_t kStep = 32;         // k of one step; rows of a step of A, columns of one of B
constexpr std::size_t kStepBytes = 4096;  // as many as kStep x kStep floats
constexpr std::size_t kStepFloats = kStepBytes / sizeof(float);
constexpr std::size_t kHalf = kTileSide;  // rows or columns of one tile

constexpr std::size_t steps(std::size_t count) { return (count + kStep - 1) / kStep; }

struct Halves {
  __m512i high, low;  // 32 bf16 each
};

SEMEME_ALWAYS_INLINE __m512i as_bf16(Simd::Reg first, Simd::Reg second) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second, first));
}

// The nearest f32 that is a bf16. A NaN may become a number here: the rest is NaN then.
SEMEME_ALWAYS_INLINE Simd::Reg high_part(Simd::Reg x) {
  const __m512i rounded = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x8000));
  return _mm512_castsi512_ps(_mm512_and_si512(rounded, _mm512_set1_epi32(-0x10000)));
}

// The values of `first`, then those of `second`.
SEMEME_ALWAYS_INLINE Halves split(Simd::Reg first, Simd::Reg second) {
  const Simd::Reg high0 = high_part(first);
  const Simd::Reg high1 = high_part(second);
  return {as_bf16(high0, high1), as_bf16(Simd::sub(first, high0), Simd::sub(second, high1))};
}

SEMEME_ALWAYS_INLINE void store_bytes(void* to, __m512i value) { _mm512_store_si512(to, value); }

SEMEME_ALWAYS_INLINE __mmask16 first_lanes(std::size_t count) {
  return static_cast<__mmask16>(count >= kHalf ? 0xFFFFU : (1U << count) - 1U);
}

// x[0 .. 32) split, as if zeros stood behind the first `count`.
SEMEME_ALWAYS_INLINE Halves split_row(const float* x, std::size_t count) {
  if (count >= kStep) return split(Simd::load(x), Simd::load(x + kHalf));
  const std::size_t second = count > kHalf ? count - kHalf : 0;
  return split(_mm512_maskz_loadu_ps(first_lanes(count), x),
               _mm512_maskz_loadu_ps(first_lanes(second), x + kHalf));
}

// A [rows, k] as [32 rows][step], zeros around it. The second half of the last 32 rows is left
// alone when no row is in it.
inline void split_rows(const float* a, std::size_t lda, std::size_t rows, std::size_t k, char* to) {
  for (std::size_t first = 0; first < rows; first += kStep) {
    const std::size_t left = rows - first < kStep ? rows - first : kStep;
    const std::size_t padded = left > kHalf ? kStep : kHalf;
    for (std::size_t i = 0; i < k; i += kStep, to += kStepBytes) {
      for (std::size_t r = 0; r < padded; ++r) {
        char* row = to + r / kHalf * 2 * kTileBytes + r % kHalf * kTileRowBytes;
        const Halves x =
            r < left ? split_row(a + (first + r) * lda + i, k - i) : Halves{__m512i{}, __m512i{}};
        store_bytes(row, x.high);
        store_bytes(row + kTileBytes, x.low);
      }
    }
  }
}

// rows[j][i] becomes rows[i][j], of 32 bits each.
SEMEME_ALWAYS_INLINE void transpose16(__m512i (&rows)[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    rows[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  // rows[4 g + c] now holds column c + 4 q of rows 4 g .. 4 g + 3 in its quarter q.
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    t[c] = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0x88);
    t[4 + c] = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0xDD);
    t[8 + c] = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0x88);
    t[12 + c] = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0xDD);
  }
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    rows[c] = _mm512_shuffle_i32x4(t[c], t[8 + c], 0x88);
    rows[8 + c] = _mm512_shuffle_i32x4(t[c], t[8 + c], 0xDD);
    rows[4 + c] = _mm512_shuffle_i32x4(t[4 + c], t[12 + c], 0x88);
    rows[12 + c] = _mm512_shuffle_i32x4(t[4 + c], t[12 + c], 0xDD);
  }
}

// Where the columns of a tile of B come from: row c of `rows` [count, k] is column first + c.
struct TileColumns {
  const float* rows;
  std::size_t ld;
  std::size_t k;  // 32 and more count as 32, less has zeros behind it
  std::size_t first;
  std::size_t count;
};

// The tiles of B, high and low, of 16 columns; those in `kept` stay as they are, others that do not
// come from `from` become zero.
inline void pack_tile(const TileColumns& from, __mmask16 kept, char* to) {
  __m512i high[kHalf];
  __m512i low[kHalf];
  for (std::size_t c = 0; c < kHalf; ++c) high[c] = low[c] = __m512i{};
  for (std::size_t c = 0; c < from.count; ++c) {
    const Halves x = split_row(from.rows + c * from.ld, from.k);
    high[from.first + c] = x.high;
    low[from.first + c] = x.low;
  }
  transpose16(high);
  transpose16(low);
  const auto columns = static_cast<__mmask16>(~kept);
  for (std::size_t pair = 0; pair < kHalf; ++pair) {
    _mm512_mask_store_epi32(to + pair * kTileRowBytes, columns, high[pair]);
    _mm512_mask_store_epi32(to + kTileBytes + pair * kTileRowBytes, columns, low[pair]);
  }
}

inline void pack_columns(const PackBlock& p) {
  const std::size_t panel_bytes = steps(p.k) * kStepBytes;
  const std::size_t last = p.first + p.count;
  for (std::size_t column = p.first; column < last;) {
    const std::size_t end = column / kHalf * kHalf + kHalf;
    const std::size_t stop = end < last ? end : last;
    const std::size_t first = column % kHalf;
    const std::size_t count = stop - column;
    const auto kept = static_cast<__mmask16>(~(first_lanes(count) << first));
    const float* rows = p.rows + (column - p.first) * p.k;
    char* to = reinterpret_cast<char*>(p.panels) + column / kStep * panel_bytes +
               column % kStep / kHalf * 2 * kTileBytes;
    for (std::size_t i = 0; i < p.k; i += kStep, to += kStepBytes) {
      pack_tile({.rows = rows + i, .ld = p.k, .k = p.k - i, .first = first, .count = count}, kept,
                to);
    }
    column = stop;
  }
}

// Lane j of `first` and lane j of `second` side by side: k and k + 1 of column j.
SEMEME_ALWAYS_INLINE Halves split_pair(Simd::Reg first, Simd::Reg second) {
  alignas(64) static constexpr std::uint16_t kInterleave[32] = {
      0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
      8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i order = _mm512_load_si512(kInterleave);
  const Halves x = split(first, second);
  return {_mm512_permutexvar_epi16(order, x.high), _mm512_permutexvar_epi16(order, x.low)};
}
