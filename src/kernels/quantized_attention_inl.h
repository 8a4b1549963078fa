// Attention of one text in integers, of one tier; included inside a target region and the tier's
// namespace, after the tier's integer products.
//
// 8 bits: queries and keys of a head have one scale each. 16 bits: each query has one. Values have
// one scale for each of the head's D positions. All come from the text alone. Keys and values lie
// in panels of 16 columns as weights do. Queries are stored with an offset, since products take
// unsigned levels; its share, the offset times the sum of a key, is what their sums start from,
// negative. Sums may wrap on the way: their results fit.

/// Rows of queries at a time.
constexpr std::size_t kQueryRows = 32;
/// Keys are padded to whole vectors of the softmax and whole steps of the products over them.
constexpr std::size_t kKeyStep = kDepthStep < 32 ? 32 : kDepthStep;

template <bool kWide>
struct AttentionLevels {
  static constexpr std::size_t kBytes = kWide ? 2 : 1;
  static constexpr std::int32_t kQueryOffset = kWide ? 8192 : 128;
  /// Largest integers of values: 8191 times probabilities that sum to 2^18 stay below 2^31.
  static constexpr float kHighestValue = kWide ? 8191.0F : 127.0F;
  // Whether the sum of a query's probabilities comes out of the product with the values, as one
  // more panel of ones: tiles have the time, and the vector units are what bounds attention there.
#if defined(SEMEME_AMX_PRODUCTS)
  static constexpr bool kSumsByProduct = !kWide;
#else
  static constexpr bool kSumsByProduct = false;
#endif
  /// Largest integers of queries and keys: their scores stay above that of padding, -2^30.
  static SEMEME_ALWAYS_INLINE float highest_query(std::size_t head_dim) {
    if constexpr (!kWide) return 127.0F;
    const double limit = __builtin_sqrt(1073741823.0 / static_cast<double>(head_dim));
    return limit < 8191.0 ? static_cast<float>(static_cast<std::int32_t>(limit)) : 8191.0F;
  }
};

template <bool kWide>
struct AttentionLayout {
  using L = AttentionLevels<kWide>;
  static constexpr std::size_t kStep = kWide && kDepthStep < 16 ? 16 : kDepthStep;
  std::size_t keys;    // T padded
  std::size_t depth;   // D padded to whole steps of a product
  std::size_t values;  // D padded to whole panels
  std::size_t width;   // and the panel of ones
  std::size_t key_bytes, value_bytes, query_bytes, score_bytes, probability_bytes, mixed_bytes;
  SEMEME_ALWAYS_INLINE AttentionLayout(std::size_t tokens, std::size_t head_dim)
      : keys((tokens + kKeyStep - 1) / kKeyStep * kKeyStep),
        depth((head_dim + kStep - 1) / kStep * kStep),
        values((head_dim + 15) / 16 * 16),
        width(values + (L::kSumsByProduct ? 16 : 0)),
        key_bytes((L::kBytes * keys * depth + 63) / 64 * 64),
        value_bytes(L::kBytes * keys * width),
        query_bytes(
            (L::kBytes * ((tokens + kQueryRows - 1) / kQueryRows * kQueryRows) * depth + 63) / 64 *
            64),
        score_bytes(2 * kQueryRows * keys * 4),
        probability_bytes(L::kBytes * 2 * kQueryRows * keys),
        mixed_bytes(kQueryRows * width * 4) {}
  // Keys, values, queries, scores, probabilities, mixed values, key sums, scales of values, mask.
  SEMEME_ALWAYS_INLINE std::size_t total() const {
    return key_bytes + value_bytes + query_bytes + score_bytes + probability_bytes + mixed_bytes +
           keys * 4 + width * 4 + 64;
  }
};

template <bool kWide>
inline std::size_t attention_bytes(std::size_t tokens, std::size_t head_dim) {
  return AttentionLayout<kWide>(tokens, head_dim).total();
}

struct HeadBuffers {
  std::uint8_t* keys;
  std::uint8_t* values;
  std::uint8_t* queries;
  std::int32_t* scores;
  std::uint8_t* probabilities;
  std::int32_t* mixed;
  std::int32_t* key_sums;  // minus the queries' offset times the sum of each key's integers
  float* value_scales;
  std::int32_t* last_keys;  // 16-bit masks of the last 32 keys, 16 apart in a lane
  template <bool kWide>
  SEMEME_ALWAYS_INLINE HeadBuffers(std::uint8_t* memory, const AttentionLayout<kWide>& l)
      : keys(memory),
        values(keys + l.key_bytes),
        queries(values + l.value_bytes),
        scores(reinterpret_cast<std::int32_t*>(queries + l.query_bytes)),
        probabilities(reinterpret_cast<std::uint8_t*>(scores) + l.score_bytes),
        mixed(reinterpret_cast<std::int32_t*>(probabilities + l.probability_bytes)),
        key_sums(mixed + kQueryRows * l.width),
        value_scales(reinterpret_cast<float*>(key_sums + l.keys)),
        last_keys(reinterpret_cast<std::int32_t*>(value_scales + l.width)) {}
};

SEMEME_ALWAYS_INLINE Simd::Reg magnitude(Simd::Reg x) {
  return Simd::max(x, Simd::sub(Simd::zero(), x));
}

// The largest magnitude of rows 0 .. T of a head.
inline float highest_magnitude(const float* x, std::size_t ld, std::size_t tokens,
                               std::size_t head_dim) {
  Simd::Reg high = Simd::zero();
  for (std::size_t t = 0; t < tokens; ++t) {
    for (std::size_t d = 0; d < head_dim; d += 16) {
      high = Simd::max(high, magnitude(load_up_to(x + t * ld + d, 0, head_dim - d)));
    }
  }
  return Simd::highest(high);
}

SEMEME_ALWAYS_INLINE float inverse_scale(float highest, float limit) {
  return highest > 1e-30F ? limit / highest : 0.0F;
}

// Sixteen integers of `left` positions of a row, zeros behind them.
SEMEME_ALWAYS_INLINE Simd::Int integers_of(const float* x, std::size_t left, Simd::Reg inverse) {
  return Simd::to_int(Simd::mul(load_up_to(x, 0, left), inverse));
}

// What is above the signed low byte of each lane.
SEMEME_ALWAYS_INLINE Simd::Int high_bytes(Simd::Int integers) {
  return Simd::shift_right<8>(Simd::add_int(integers, Simd::set_int(128)));
}

// Positions d .. d + 16 of one key, into the groups of its panel.
template <bool kWide>
SEMEME_ALWAYS_INLINE void store_key(std::uint8_t* panel, std::size_t depth, std::size_t d,
                                    Simd::Int integers) {
  constexpr bool kPlanes = kWide && kBytePlanes;
  constexpr std::size_t kGroup = kWide && !kPlanes ? 2 : 4;  // positions in four bytes
  alignas(64) std::uint8_t bytes[32];
  if constexpr (kPlanes) {
    Simd::store_u8(bytes, high_bytes(integers));
    Simd::store_u8(bytes + 16, integers);
  } else if constexpr (kWide) {
    Simd::store_u16(bytes, integers);
  } else {
    Simd::store_u8(bytes, integers);
  }
  const std::size_t left = (depth - d) / kGroup;
  const std::size_t count = left < 16 / kGroup ? left : 16 / kGroup;
  for (std::size_t i = 0; i < count; ++i) {
    __builtin_memcpy(panel + (d / kGroup + i) * 64, bytes + 4 * i, 4);
    if constexpr (kPlanes) {
      __builtin_memcpy(panel + 16 * depth + (d / kGroup + i) * 64, bytes + 16 + 4 * i, 4);
    }
  }
}

// Keys as panels [T / 16][depth] and their sums; padding is zero already.
template <bool kWide>
inline void quantize_keys(const QuantizedAttentionBlock& t, const AttentionLayout<kWide>& l,
                          const HeadBuffers& b, const float* keys, float inverse) {
  using L = AttentionLevels<kWide>;
  const Simd::Reg factor = Simd::set(inverse);
  for (std::size_t key = 0; key < t.tokens; ++key) {
    std::uint8_t* panel = b.keys + key / 16 * 16 * l.depth * L::kBytes + key % 16 * 4;
    Simd::Int sum = Simd::set_int(0);
    for (std::size_t d = 0; d < t.head_dim; d += 16) {
      const Simd::Int integers = integers_of(keys + key * t.ld + d, t.head_dim - d, factor);
      sum = Simd::add_int(sum, integers);
      store_key<kWide>(panel, l.depth, d, integers);
    }
    constexpr auto kMinusOffset = -static_cast<std::uint32_t>(L::kQueryOffset);
    b.key_sums[key] =
        static_cast<std::int32_t>(kMinusOffset * static_cast<std::uint32_t>(Simd::sum_int(sum)));
  }
}

// One position of the head in sixteen columns, of the values that a query mixes.
struct ValueColumns {
  const float* values;
  std::size_t ld;
  std::size_t tokens;
  std::size_t left;  // columns
  Simd::Reg inverse;
  // Of one key; zeros behind the last one.
  SEMEME_ALWAYS_INLINE Simd::Int integers(std::size_t key) const {
    const std::size_t there = key < tokens ? left : 0;
    return Simd::to_int(Simd::mul(load_up_to(values + key * ld, 0, there), inverse));
  }
};

// Sixteen columns of keys key .. key + 4 as sixteen dwords of their low bytes, or of high_bytes.
template <bool kHigh>
SEMEME_ALWAYS_INLINE Simd::Int four_keys(const ValueColumns& columns, std::size_t key) {
  const Simd::Int low_byte = Simd::set_int(0xFF);
  Simd::Int packed = Simd::set_int(0);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    Simd::Int integers = columns.integers(key + 3 - i);
    if constexpr (kHigh) integers = high_bytes(integers);
    packed = Simd::or_int(Simd::shift_left<8>(packed), Simd::and_int(integers, low_byte));
  }
  return packed;
}

SEMEME_ALWAYS_INLINE std::int32_t* dwords(std::uint8_t* at) {
  return reinterpret_cast<std::int32_t*>(at);
}

// One panel of values: [T / 4][16][4] bytes, in two planes for 16 bits on AMX; else pairs of 16-bit
// values, of keys that lie 16 apart, as probabilities do.
template <bool kWide>
inline void store_values(const ValueColumns& columns, std::size_t keys, std::uint8_t* panel) {
  if constexpr (kWide && !kBytePlanes) {
    for (std::size_t key = 0; key < keys; key += key % 32 == 15 ? 17 : 1, panel += 64) {
      Simd::store_int(dwords(panel),
                      Simd::pairs(columns.integers(key), columns.integers(key + 16)));
    }
  } else {
    for (std::size_t key = 0; key < keys; key += 4, panel += 64) {
      if constexpr (kWide) {
        Simd::store_int(dwords(panel), four_keys<true>(columns, key));
        Simd::store_int(dwords(panel + 16 * keys), four_keys<false>(columns, key));
      } else {
        Simd::store_int(dwords(panel), four_keys<false>(columns, key));
      }
    }
  }
}

// Values as panels [D / 16][T].
template <bool kWide>
inline void quantize_values(const QuantizedAttentionBlock& t, const AttentionLayout<kWide>& l,
                            const HeadBuffers& b, const float* values) {
  using L = AttentionLevels<kWide>;
  const Simd::Reg limit = Simd::set(L::kHighestValue);
  for (std::size_t d = 0; d < l.values; d += 16) {
    const std::size_t left = t.head_dim - d;
    Simd::Reg high = Simd::set(1e-30F);
    for (std::size_t key = 0; key < t.tokens; ++key) {
      high = Simd::max(high, magnitude(load_up_to(values + key * t.ld + d, 0, left)));
    }
    Simd::store(b.value_scales + d, Simd::div(high, limit));
    store_values<kWide>({.values = values + d,
                         .ld = t.ld,
                         .tokens = t.tokens,
                         .left = left,
                         .inverse = Simd::div(limit, high)},
                        l.keys, b.values + d * l.keys * L::kBytes);
  }
}

template <bool kWide>
inline void quantize_queries(const QuantizedAttentionBlock& t, const AttentionLayout<kWide>& l,
                             const HeadBuffers& b, const float* queries, float inverse) {
  using L = AttentionLevels<kWide>;
  const Simd::Reg factor = Simd::set(inverse);
  const Simd::Int offset = Simd::set_int(L::kQueryOffset);
  for (std::size_t r = 0; r < t.tokens; ++r) {
    std::uint8_t* row = b.queries + r * l.depth * L::kBytes;
    for (std::size_t d = 0; d < t.head_dim; d += 16) {
      const Simd::Int integers = integers_of(queries + r * t.ld + d, t.head_dim - d, factor);
      const Simd::Int levels = Simd::add_int(integers, offset);
      if (l.depth - d >= 16) {
        store_levels<kWide>(row, d, l.depth, levels);
      } else {
        std::uint8_t bytes[16];
        Simd::store_u8(bytes, levels);
        __builtin_memcpy(row + d, bytes, l.depth - d);
      }
    }
  }
}

#include "kernels/quantized_softmax_inl.h"

// Scores of queries first .. first + rows.
template <bool kWide>
inline void score_queries(const AttentionLayout<kWide>& l, const HeadBuffers& b, std::size_t first,
                          std::size_t rows, std::int32_t* scores) {
  const std::size_t row_bytes = l.depth * AttentionLevels<kWide>::kBytes;
  integer_product<kWide>({.rows = rows,
                          .panels = l.keys / 16,
                          .steps = row_bytes / 4,
                          .a = b.queries + first * row_bytes,
                          .lda = row_bytes,
                          .b = b.keys,
                          .panel_stride = 16 * row_bytes,
                          .start = b.key_sums,
                          .c = scores,
                          .ldc = l.keys});
}

// Values mixed by the probabilities of some queries, into out. sums: of the probabilities.
template <bool kWide>
inline void mix_values(const QuantizedAttentionBlock& t, const AttentionLayout<kWide>& l,
                       const HeadBuffers& b, std::size_t rows, const std::uint8_t* probabilities,
                       const std::int32_t* sums, float* out) {
  const std::size_t row_bytes = l.keys * AttentionLevels<kWide>::kBytes;
  integer_product<kWide>({.rows = rows,
                          .panels = l.width / 16,
                          .steps = row_bytes / 4,
                          .a = probabilities,
                          .lda = row_bytes,
                          .b = b.values,
                          .panel_stride = 16 * row_bytes,
                          .start = nullptr,
                          .c = b.mixed,
                          .ldc = l.width});
  float inverses[kQueryRows];
  for (std::size_t r = 0; r < rows; ++r) {
    const bool by_product = AttentionLevels<kWide>::kSumsByProduct;
    const std::int32_t sum = by_product ? b.mixed[r * l.width + l.values] : sums[r];
    inverses[r] = 1.0F / static_cast<float>(sum);
  }
  for (std::size_t d = 0; d < t.head_dim; d += 16) {
    const Simd::Reg scale = Simd::load(b.value_scales + d);
    const std::size_t left = t.head_dim - d;
    for (std::size_t r = 0; r < rows; ++r) {
      const Simd::Reg value = Simd::to_float(Simd::load_int(b.mixed + r * l.width + d));
      const Simd::Reg factor = Simd::mul(scale, Simd::set(inverses[r]));
      store_up_to(out + r * t.ld_out + d, 0, Simd::mul(value, factor), left);
    }
  }
}

// All queries of a head, kQueryRows at a time in three stages: the scores of one block are made
// before the softmax of the block ahead of it, and values are mixed one block later. What a product
// reads has then left the store buffer, out of which wide loads cannot be served from narrow
// stores.
template <bool kWide>
inline void attend_head(const QuantizedAttentionBlock& t, const AttentionLayout<kWide>& l,
                        const HeadBuffers& b, const ScoreSteps& steps, float* out) {
  constexpr std::size_t kBytes = AttentionLevels<kWide>::kBytes;
  std::int32_t sums[2][kQueryRows];
  const std::size_t blocks = (t.tokens + kQueryRows - 1) / kQueryRows;
  const std::size_t last_rows = t.tokens - (blocks - 1) * kQueryRows;
  const SoftmaxKeys keys = {
      .count = (t.tokens + 31) / 32 * 32, .padded = l.keys, .last = Simd::load_int(b.last_keys)};
  for (std::size_t block = 0; block < blocks + 2; ++block) {
    if (block < blocks) {
      const std::size_t rows = block + 1 < blocks ? kQueryRows : last_rows;
      score_queries(l, b, block * kQueryRows, rows, b.scores + block % 2 * kQueryRows * l.keys);
    }
    if (block > 0 && block <= blocks) {
      const std::size_t at = (block - 1) % 2;
      const std::size_t rows = block < blocks ? kQueryRows : last_rows;
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t row = (at * kQueryRows + r) * l.keys;
        sums[at][r] =
            softmax_levels<kWide>(b.scores + row, keys, steps, b.probabilities + row * kBytes);
      }
    }
    if (block > 1) {
      const std::size_t at = block % 2;
      const std::size_t rows = block - 1 < blocks ? kQueryRows : last_rows;
      mix_values(t, l, b, rows, b.probabilities + at * kQueryRows * l.keys * kBytes, sums[at],
                 out + (block - 2) * kQueryRows * t.ld_out);
    }
  }
}

// Which of the last 32 keys there are, in the order of SoftmaxKeys.
inline void mask_last_keys(std::size_t tokens, std::int32_t* masks) {
  const std::size_t there = (tokens - 1) % 32 + 1;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint32_t low = i < there ? 0xFFFFU : 0U;
    const std::uint32_t high = i + 16 < there ? 0xFFFF0000U : 0U;
    masks[i] = static_cast<std::int32_t>(low | high);
  }
}

template <bool kWide>
inline void quantized_attention(const QuantizedAttentionBlock& t) {
  using L = AttentionLevels<kWide>;
  const AttentionLayout<kWide> l(t.tokens, t.head_dim);
  const HeadBuffers b(t.scratch, l);
  [[maybe_unused]] const ProductSession session;
  // Padding, which no head writes: zeros, and scores of padded keys below all others.
  __builtin_memset(b.keys, 0, l.key_bytes);
  __builtin_memset(b.queries, 0, l.query_bytes);
  __builtin_memset(b.probabilities, 0, l.probability_bytes);
  if constexpr (L::kSumsByProduct) {
    __builtin_memset(b.values + l.values * l.keys, 1, 16 * l.keys);
  }
  for (std::size_t key = t.tokens; key < l.keys; ++key) b.key_sums[key] = -(1 << 30);
  mask_last_keys(t.tokens, b.last_keys);
  const std::size_t hidden = t.heads * t.head_dim;
  const float limit = L::highest_query(t.head_dim);
  // log2(e) / sqrt(D): scores become powers of two.
  const float natural = kLog2E / __builtin_sqrtf(static_cast<float>(t.head_dim));
  for (std::size_t head = 0; head < t.heads; ++head) {
    const float* queries = t.qkv + head * t.head_dim;
    const float* keys = queries + hidden;
    const float query_high = highest_magnitude(queries, t.ld, t.tokens, t.head_dim);
    const float key_high = highest_magnitude(keys, t.ld, t.tokens, t.head_dim);
    const auto steps = ScoreSteps::of<kWide>(natural * (query_high / limit) * (key_high / limit));
    quantize_keys(t, l, b, keys, inverse_scale(key_high, limit));
    quantize_values(t, l, b, keys + hidden);
    quantize_queries(t, l, b, queries, inverse_scale(query_high, limit));
    attend_head(t, l, b, steps, t.out + head * t.head_dim);
  }
}
