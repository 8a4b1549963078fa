// Attention of one text in 8-bit integers, of one tier; included inside a target region and the
// tier's namespace, after the tier's integer products.
//
// Queries and keys of a head have one scale, values one scale for each of the head's D positions,
// all from the text alone. Keys and values lie in panels of 16 columns as weights do. Queries are
// stored with an offset of 128, since products take unsigned levels; its share, 128 times the sum
// of a key, is taken off again.

/// Rows of queries at a time.
constexpr std::size_t kQueryRows = 32;
constexpr std::size_t kKeyStep = 64;  // keys are padded to whole steps of the products over them

struct AttentionLayout {
  std::size_t keys;   // T padded
  std::size_t depth;  // D padded to whole steps of a product
  std::size_t width;  // D padded to whole panels
  std::size_t key_bytes, value_bytes, query_bytes, score_bytes, probability_bytes, mixed_bytes;
  SEMEME_ALWAYS_INLINE AttentionLayout(std::size_t tokens, std::size_t head_dim)
      : keys((tokens + kKeyStep - 1) / kKeyStep * kKeyStep),
        depth((head_dim + kDepthStep - 1) / kDepthStep * kDepthStep),
        width((head_dim + 15) / 16 * 16),
        key_bytes((keys * depth + 63) / 64 * 64),
        value_bytes(keys * width),
        query_bytes((kQueryRows * depth + 63) / 64 * 64),
        score_bytes(kQueryRows * keys * 4),
        probability_bytes(kQueryRows * keys),
        mixed_bytes(kQueryRows * width * 4) {}
  // Keys, values, queries, scores, probabilities, mixed values, key sums, scales of values.
  SEMEME_ALWAYS_INLINE std::size_t total() const {
    return key_bytes + value_bytes + query_bytes + score_bytes + probability_bytes + mixed_bytes +
           keys * 4 + width * 8 + 64;
  }
};

inline std::size_t attention_bytes(std::size_t tokens, std::size_t head_dim) {
  return AttentionLayout(tokens, head_dim).total();
}

struct HeadBuffers {
  std::uint8_t* keys;
  std::uint8_t* values;
  std::uint8_t* queries;
  std::int32_t* scores;
  std::uint8_t* probabilities;
  std::int32_t* mixed;
  std::int32_t* key_sums;  // 128 times the sum of each key's integers
  float* value_scales;
  float* value_inverses;
  SEMEME_ALWAYS_INLINE HeadBuffers(std::uint8_t* memory, const AttentionLayout& l)
      : keys(memory),
        values(keys + l.key_bytes),
        queries(values + l.value_bytes),
        scores(reinterpret_cast<std::int32_t*>(queries + l.query_bytes)),
        probabilities(reinterpret_cast<std::uint8_t*>(scores) + l.score_bytes),
        mixed(reinterpret_cast<std::int32_t*>(probabilities + l.probability_bytes)),
        key_sums(mixed + kQueryRows * l.width),
        value_scales(reinterpret_cast<float*>(key_sums + l.keys)),
        value_inverses(value_scales + l.width) {}
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

SEMEME_ALWAYS_INLINE float inverse_scale(float highest) {
  return highest > 1e-30F ? 127.0F / highest : 0.0F;
}

// Keys as panels [T / 16][D / 4][16][4], zeros behind the ends; their sums.
inline void quantize_keys(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                          const HeadBuffers& b, const float* keys, float inverse) {
  const Simd::Reg factor = Simd::set(inverse);
  alignas(64) std::int32_t bytes[16];
  for (std::size_t key = 0; key < l.keys; ++key) {
    std::uint8_t* panel = b.keys + key / 16 * 16 * l.depth + key % 16 * 4;
    Simd::Int sum = Simd::set_int(0);
    for (std::size_t d = 0; d < l.depth; d += 16) {
      const std::size_t left = key < t.tokens && d < t.head_dim ? t.head_dim - d : 0;
      const Simd::Int integers =
          Simd::to_int(Simd::mul(load_up_to(keys + key * t.ld + d, 0, left), factor));
      sum = Simd::add_int(sum, integers);
      Simd::store_u8(reinterpret_cast<std::uint8_t*>(bytes), integers);
      for (std::size_t i = 0; i < 4 && d + 4 * i < l.depth; ++i) {
        __builtin_memcpy(panel + (d / 4 + i) * 64, bytes + i, 4);
      }
    }
    b.key_sums[key] = 128 * Simd::sum_int(sum);
  }
}

// Values as panels [D / 16][T / 4][16][4]: sixteen positions of four keys become sixteen dwords.
inline void quantize_values(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                            const HeadBuffers& b, const float* values) {
  const Simd::Int low_byte = Simd::set_int(0xFF);
  for (std::size_t d = 0; d < l.width; d += 16) {
    const std::size_t left = t.head_dim - d;
    Simd::Reg high = Simd::set(1e-30F);
    for (std::size_t key = 0; key < t.tokens; ++key) {
      high = Simd::max(high, magnitude(load_up_to(values + key * t.ld + d, 0, left)));
    }
    const Simd::Reg inverse = Simd::div(Simd::set(127.0F), high);
    Simd::store(b.value_scales + d, Simd::div(high, Simd::set(127.0F)));
    for (std::size_t key = 0; key < l.keys; key += 4) {
      Simd::Int packed = Simd::set_int(0);
#pragma GCC unroll 4
      for (std::size_t i = 4; i-- > 0;) {
        const std::size_t there = key + i < t.tokens ? left : 0;
        const Simd::Reg value = load_up_to(values + (key + i) * t.ld + d, 0, there);
        const Simd::Int integers = Simd::to_int(Simd::mul(value, inverse));
        packed =
            Simd::or_int(Simd::shift_left<8>(packed), Simd::and_int(integers, low_byte));
      }
      std::uint8_t* to = b.values + d * l.keys + key * 16;
      Simd::store_int(reinterpret_cast<std::int32_t*>(to), packed);
    }
  }
}

inline void quantize_queries(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                             const HeadBuffers& b, const float* queries, std::size_t rows,
                             float inverse) {
  const Simd::Reg factor = Simd::set(inverse);
  const Simd::Int offset = Simd::set_int(128);
  alignas(64) std::uint8_t bytes[16];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t d = 0; d < l.depth; d += 16) {
      const std::size_t left = d < t.head_dim ? t.head_dim - d : 0;
      const Simd::Reg value = Simd::mul(load_up_to(queries + r * t.ld + d, 0, left), factor);
      Simd::store_u8(bytes, Simd::add_int(Simd::to_int(value), offset));
      const std::size_t count = l.depth - d < 16 ? l.depth - d : 16;
      __builtin_memcpy(b.queries + r * l.depth + d, bytes, count);
    }
  }
}

// 255 * 2^x for x <= 0; at most 0.02 from exact.
SEMEME_ALWAYS_INLINE Simd::Reg probability(Simd::Int score, Simd::Reg scale) {
  constexpr float kLog2Of255 = 7.994353436858858F;
  const Simd::Reg power = Simd::fma(Simd::to_float(score), scale, Simd::set(kLog2Of255));
  const Simd::Reg x = Simd::max(power, Simd::set(-16.0F));
  const Simd::Reg n = Simd::round(x);
  const Simd::Reg r = Simd::sub(x, n);
  Simd::Reg p = Simd::fma(Simd::set(kCoarseExp2[3]), r, Simd::set(kCoarseExp2[2]));
  p = Simd::fma(p, r, Simd::set(kCoarseExp2[1]));
  p = Simd::fma(p, r, Simd::set(kCoarseExp2[0]));
  return Simd::scale(p, n);
}

// Probabilities of one row as levels 0..255, the highest 255; returns their sum. What rounding
// takes from a key is given to the key sixteen further on, so that many small probabilities are
// not lost together: without it the mean cosine of texts of 256 tokens falls from 0.9991 to 0.9987.
SEMEME_ALWAYS_INLINE std::int32_t softmax_levels(const std::int32_t* scores,
                                                 const std::int32_t* key_sums, std::size_t tokens,
                                                 std::size_t keys, float scale,
                                                 std::uint8_t* probabilities) {
  const std::size_t whole = tokens / 16 * 16;
  Simd::Int high = Simd::set_int(-0x7FFFFFFF);
  for (std::size_t i = 0; i < whole; i += 16) {
    high = Simd::max_int(high,
                         Simd::sub_int(Simd::load_int(scores + i), Simd::load_int(key_sums + i)));
  }
  std::int32_t highest = Simd::highest_int(high);
  for (std::size_t i = whole; i < tokens; ++i) {
    const std::int32_t score = scores[i] - key_sums[i];
    highest = score > highest ? score : highest;
  }
  const Simd::Int top = Simd::set_int(highest);
  const Simd::Reg factor = Simd::set(scale);
  const Simd::Reg limit = Simd::set(255.0F);
  Simd::Reg carried = Simd::zero();
  Simd::Int sum = Simd::set_int(0);
  for (std::size_t i = 0; i < tokens; i += 16) {
    const Simd::Int score =
        Simd::sub_int(Simd::sub_int(Simd::load_int(scores + i), Simd::load_int(key_sums + i)), top);
    Simd::Reg wanted = Simd::add(probability(score, factor), carried);
    if (tokens - i < 16) wanted = Simd::select_first(wanted, Simd::zero(), tokens - i);
    const Simd::Int levels = Simd::to_int(Simd::min(wanted, limit));
    carried = Simd::sub(wanted, Simd::to_float(levels));
    sum = Simd::add_int(sum, levels);
    Simd::store_u8(probabilities + i, levels);
  }
  for (std::size_t i = (tokens + 15) / 16 * 16; i < keys; i += 16) {
    Simd::store_u8(probabilities + i, Simd::set_int(0));
  }
  return Simd::sum_int(sum);
}

// Queries first .. first + rows of a head, whose scores are scale times their integer products.
inline void attend_queries(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                           const HeadBuffers& b, std::size_t rows, float scale, float* out) {
  integer_product<false>({.rows = rows,
                          .panels = l.keys / 16,
                          .steps = l.depth / 4,
                          .a = b.queries,
                          .lda = l.depth,
                          .b = b.keys,
                          .panel_stride = 16 * l.depth,
                          .c = b.scores,
                          .ldc = l.keys});
  float inverses[kQueryRows];
  for (std::size_t r = 0; r < rows; ++r) {
    inverses[r] = 1.0F / static_cast<float>(softmax_levels(b.scores + r * l.keys, b.key_sums,
                                                           t.tokens, l.keys, scale,
                                                           b.probabilities + r * l.keys));
  }
  integer_product<false>({.rows = rows,
                          .panels = l.width / 16,
                          .steps = l.keys / 4,
                          .a = b.probabilities,
                          .lda = l.keys,
                          .b = b.values,
                          .panel_stride = 16 * l.keys,
                          .c = b.mixed,
                          .ldc = l.width});
  for (std::size_t r = 0; r < rows; ++r) {
    const Simd::Reg inverse = Simd::set(inverses[r]);
    for (std::size_t d = 0; d < t.head_dim; d += 16) {
      const Simd::Reg value = Simd::to_float(Simd::load_int(b.mixed + r * l.width + d));
      const Simd::Reg factor = Simd::mul(Simd::load(b.value_scales + d), inverse);
      store_up_to(out + r * t.ld_out + d, 0, Simd::mul(value, factor), t.head_dim - d);
    }
  }
}

inline void quantized_attention(const QuantizedAttentionBlock& t) {
  const AttentionLayout l(t.tokens, t.head_dim);
  const HeadBuffers b(t.scratch, l);
  [[maybe_unused]] const ProductSession session;
  const std::size_t hidden = t.heads * t.head_dim;
  // log2(e) / sqrt(D): scores become powers of two.
  const float natural = kLog2E / __builtin_sqrtf(static_cast<float>(t.head_dim));
  for (std::size_t head = 0; head < t.heads; ++head) {
    const float* queries = t.qkv + head * t.head_dim;
    const float* keys = queries + hidden;
    const float query_high = highest_magnitude(queries, t.ld, t.tokens, t.head_dim);
    const float key_high = highest_magnitude(keys, t.ld, t.tokens, t.head_dim);
    const float scale = natural * (query_high / 127.0F) * (key_high / 127.0F);
    quantize_keys(t, l, b, keys, inverse_scale(key_high));
    quantize_values(t, l, b, keys + hidden);
    for (std::size_t first = 0; first < t.tokens; first += kQueryRows) {
      const std::size_t rows = t.tokens - first < kQueryRows ? t.tokens - first : kQueryRows;
      quantize_queries(t, l, b, queries + first * t.ld, rows, inverse_scale(query_high));
      attend_queries(t, l, b, rows, scale, t.out + first * t.ld_out + head * t.head_dim);
    }
  }
}

// The f32 attention of attention_inl.h, for 16-bit levels.
inline std::size_t portable_attention_bytes(std::size_t tokens, std::size_t head_dim) {
  const std::size_t keys = (tokens + kPanel - 1) / kPanel * kPanel;
  const std::size_t width = (head_dim + 15) / 16 * 16;
  return 4 * (keys * head_dim + tokens * width + kAttentionRows * keys);
}

inline void portable_attention(const QuantizedAttentionBlock& t) {
  const std::size_t keys = (t.tokens + kPanel - 1) / kPanel * kPanel;
  const std::size_t width = (t.head_dim + 15) / 16 * 16;
  float* memory = reinterpret_cast<float*>(t.scratch);
  float* values = memory + keys * t.head_dim;
  attention_heads({.tokens = t.tokens,
                   .heads = t.heads,
                   .head_dim = t.head_dim,
                   .padded_tokens = keys,
                   .padded_dim = width,
                   .scale = kLog2E / __builtin_sqrtf(static_cast<float>(t.head_dim)),
                   .qkv = t.qkv,
                   .ld = t.ld,
                   .out = t.out,
                   .ld_out = t.ld_out,
                   .keys = memory,
                   .values = values,
                   .scores = values + t.tokens * width});
}
