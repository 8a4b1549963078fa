// Attention of one text in 8-bit integers, of one tier; included inside a target region and the
// tier's namespace, after the tier's integer products.
//
// Queries and keys of a head have one scale, values one scale for each of the head's D positions,
// all from the text alone. Keys and values lie in panels of 16 columns as weights do. Queries are
// stored with an offset of 128, since products take unsigned levels; its share, 128 times the sum
// of a key, is what their sums start from, negative.

/// Rows of queries at a time.
constexpr std::size_t kQueryRows = 32;

// Whether the sum of a query's probabilities comes out of the product with the values, as one more
// panel of ones: tiles have the time, and the vector units are what bounds attention there.
#if defined(SEMEME_AMX_PRODUCTS)
constexpr bool kSumsByProduct = true;
#else
constexpr bool kSumsByProduct = false;
#endif
constexpr std::size_t kKeyStep = 64;  // keys are padded to whole steps of the products over them

struct AttentionLayout {
  std::size_t keys;    // T padded
  std::size_t depth;   // D padded to whole steps of a product
  std::size_t values;  // D padded to whole panels
  std::size_t width;   // and the panel of ones
  std::size_t key_bytes, value_bytes, query_bytes, score_bytes, probability_bytes, mixed_bytes;
  SEMEME_ALWAYS_INLINE AttentionLayout(std::size_t tokens, std::size_t head_dim)
      : keys((tokens + kKeyStep - 1) / kKeyStep * kKeyStep),
        depth((head_dim + kDepthStep - 1) / kDepthStep * kDepthStep),
        values((head_dim + 15) / 16 * 16),
        width(values + (kSumsByProduct ? 16 : 0)),
        key_bytes((keys * depth + 63) / 64 * 64),
        value_bytes(keys * width),
        query_bytes(((tokens + kQueryRows - 1) / kQueryRows * kQueryRows * depth + 63) / 64 * 64),
        score_bytes(2 * kQueryRows * keys * 4),
        probability_bytes(2 * kQueryRows * keys),
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
  std::int32_t* key_sums;  // -128 times the sum of each key's integers
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

// Sixteen integers of `left` positions of a row, zeros behind them.
SEMEME_ALWAYS_INLINE Simd::Int integers_of(const float* x, std::size_t left, Simd::Reg inverse) {
  return Simd::to_int(Simd::mul(load_up_to(x, 0, left), inverse));
}

// Keys as panels [T / 16][D / 4][16][4] and their sums; padding is zero already.
inline void quantize_keys(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                          const HeadBuffers& b, const float* keys, float inverse) {
  const Simd::Reg factor = Simd::set(inverse);
  const std::size_t groups = (t.head_dim + 3) / 4;
  alignas(64) std::uint8_t bytes[16];
  for (std::size_t key = 0; key < t.tokens; ++key) {
    std::uint8_t* panel = b.keys + key / 16 * 16 * l.depth + key % 16 * 4;
    Simd::Int sum = Simd::set_int(0);
    for (std::size_t d = 0; d < t.head_dim; d += 16) {
      const Simd::Int integers = integers_of(keys + key * t.ld + d, t.head_dim - d, factor);
      sum = Simd::add_int(sum, integers);
      Simd::store_u8(bytes, integers);
      const std::size_t count = groups - d / 4 < 4 ? groups - d / 4 : 4;
      for (std::size_t i = 0; i < count; ++i) {
        __builtin_memcpy(panel + (d / 4 + i) * 64, bytes + 4 * i, 4);
      }
    }
    b.key_sums[key] = -128 * Simd::sum_int(sum);
  }
}

// Values as panels [D / 16][T / 4][16][4]: sixteen positions of four keys become sixteen dwords.
inline void quantize_values(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                            const HeadBuffers& b, const float* values) {
  const Simd::Int low_byte = Simd::set_int(0xFF);
  for (std::size_t d = 0; d < l.values; d += 16) {
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
        packed = Simd::or_int(Simd::shift_left<8>(packed), Simd::and_int(integers, low_byte));
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
  for (std::size_t r = 0; r < rows; ++r) {
    std::uint8_t* row = b.queries + r * l.depth;
    for (std::size_t d = 0; d < t.head_dim; d += 16) {
      const Simd::Int integers = integers_of(queries + r * t.ld + d, t.head_dim - d, factor);
      const Simd::Int levels = Simd::add_int(integers, offset);
      if (l.depth - d >= 16) {
        Simd::store_u8(row + d, levels);
      } else {
        std::uint8_t bytes[16];
        Simd::store_u8(bytes, levels);
        __builtin_memcpy(row + d, bytes, l.depth - d);
      }
    }
  }
}

// Scores become powers of two in steps of 1/256: what a head's scores are multiplied by, and how
// far below the highest one a score can count (2^-15.99 rounds to no level).
struct ScoreSteps {
  float factor;         // negative: steps below the highest score
  std::int32_t lowest;  // difference of integer scores
};

inline ScoreSteps score_steps(float scale) {
  constexpr float kLargest = 1e9F;
  const float limit = 4094.0F / (256.0F * scale);
  const float lowest = limit < kLargest ? limit : kLargest;
  return {.factor = -256.0F * scale, .lowest = -static_cast<std::int32_t>(lowest)};
}

// The low half of each lane: steps that a score lies below `top`, at most 4095. Adding 1.5 * 2^23
// leaves the rounded integer in the low bits.
SEMEME_ALWAYS_INLINE Simd::Int steps_below(const std::int32_t* scores, Simd::Int top,
                                           Simd::Reg factor, Simd::Int lowest) {
  const Simd::Int below = Simd::max_int(Simd::sub_int(Simd::load_int(scores), top), lowest);
  return Simd::bits(Simd::fma(Simd::to_float(below), factor, Simd::set(0x1.8p23F)));
}

// 254 * 2^7 * 2^(-steps / 256) of each half: a cubic in the fraction, shifted by the whole part; at
// most 0.02 % from exact before the shift.
SEMEME_ALWAYS_INLINE Simd::Int powers_of_steps(Simd::Int steps) {
  const Simd::Int fraction =
      Simd::shift_halves_left<7>(Simd::and_int(steps, Simd::set_halves(0xFF)));
  Simd::Int power = Simd::set_halves(-1270);
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(7482));
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(-22467));
  power = Simd::add_halves(Simd::scale_halves(power, fraction), Simd::set_halves(32510));
  return Simd::shift_halves_right(power, Simd::shift_halves_right<8>(steps));
}

// The low halves, then the high ones, a byte each.
SEMEME_ALWAYS_INLINE void store_pairs(std::uint8_t* to, Simd::Int pairs) {
#if defined(SEMEME_AMX_PRODUCTS)
  const __m512i order = _mm512_castsi256_si512(_mm256_set_epi64x(
      0x3E3A36322E2A2622, 0x1E1A16120E0A0602, 0x3C3834302C282420, 0x1C1814100C080400));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm512_castsi512_si256(_mm512_permutexvar_epi8(order, pairs)));
#else
  Simd::store_u8(to, pairs);
  Simd::store_u8(to + 16, Simd::shift_right<16>(pairs));
#endif
}

// Probabilities of one row as levels, the highest 254; returns their sum, where that does not come
// from the product. Two vectors of keys share
// a register, 16 bits a key: on AMX processors f32 arithmetic beside tiles runs at half its rate,
// integers do not. What rounding takes from a key is given to the key 32 further on, so that many
// small probabilities are not lost together: without it the mean cosine of texts of 256 tokens
// falls from 0.9991 to 0.9987. keys: a multiple of 32; padding has scores too low to count.
SEMEME_ALWAYS_INLINE std::int32_t softmax_levels(const std::int32_t* scores, std::size_t keys,
                                                 const ScoreSteps& steps,
                                                 std::uint8_t* probabilities) {
  constexpr std::size_t kSumKeys = 8192;  // 256 levels of 255 in 16 bits
  Simd::Int high[2] = {Simd::load_int(scores), Simd::load_int(scores + 16)};
  for (std::size_t i = 32; i < keys; i += 32) {
    high[0] = Simd::max_int(high[0], Simd::load_int(scores + i));
    high[1] = Simd::max_int(high[1], Simd::load_int(scores + i + 16));
  }
  const Simd::Int top = Simd::set_int(Simd::highest_int(Simd::max_int(high[0], high[1])));
  const Simd::Reg factor = Simd::set(steps.factor);
  const Simd::Int lowest = Simd::set_int(steps.lowest);
  const Simd::Int half = Simd::set_halves(64);
  Simd::Int carried = Simd::set_int(0);
  Simd::Int sums = Simd::set_int(0);
  for (std::size_t begin = 0; begin < keys; begin += kSumKeys) {
    const std::size_t end = keys - begin < kSumKeys ? keys : begin + kSumKeys;
    Simd::Int sum = Simd::set_int(0);
    for (std::size_t i = begin; i < end; i += 32) {
      const Simd::Int first = steps_below(scores + i, top, factor, lowest);
      const Simd::Int second = steps_below(scores + i + 16, top, factor, lowest);
      const Simd::Int wanted =
          Simd::add_halves(powers_of_steps(Simd::pairs(first, second)), carried);
      const Simd::Int levels = Simd::shift_halves_right<7>(Simd::add_halves(wanted, half));
      carried = Simd::sub_halves(wanted, Simd::shift_halves_left<7>(levels));
      if constexpr (!kSumsByProduct) sum = Simd::add_halves(sum, levels);
      store_pairs(probabilities + i, levels);
    }
    if constexpr (kSumsByProduct) continue;
    sums = Simd::add_int(
        sums, Simd::add_int(Simd::and_int(sum, Simd::set_int(0xFFFF)), Simd::shift_right<16>(sum)));
  }
  return kSumsByProduct ? 0 : Simd::sum_int(sums);
}

// Scores of queries first .. first + rows.
inline void score_queries(const AttentionLayout& l, const HeadBuffers& b, std::size_t first,
                          std::size_t rows, std::int32_t* scores) {
  integer_product<false>({.rows = rows,
                          .panels = l.keys / 16,
                          .steps = l.depth / 4,
                          .a = b.queries + first * l.depth,
                          .lda = l.depth,
                          .b = b.keys,
                          .panel_stride = 16 * l.depth,
                          .start = b.key_sums,
                          .c = scores,
                          .ldc = l.keys});
}

// Values mixed by the probabilities of some queries, into out. sums: of the probabilities.
inline void mix_values(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                       const HeadBuffers& b, std::size_t rows, const std::uint8_t* probabilities,
                       const std::int32_t* sums, float* out) {
  integer_product<false>({.rows = rows,
                          .panels = l.width / 16,
                          .steps = l.keys / 4,
                          .a = probabilities,
                          .lda = l.keys,
                          .b = b.values,
                          .panel_stride = 16 * l.keys,
                          .start = nullptr,
                          .c = b.mixed,
                          .ldc = l.width});
  float inverses[kQueryRows];
  for (std::size_t r = 0; r < rows; ++r) {
    const std::int32_t sum = kSumsByProduct ? b.mixed[r * l.width + l.values] : sums[r];
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
inline void attend_head(const QuantizedAttentionBlock& t, const AttentionLayout& l,
                        const HeadBuffers& b, const ScoreSteps& steps, float* out) {
  std::int32_t sums[2][kQueryRows];
  const std::size_t blocks = (t.tokens + kQueryRows - 1) / kQueryRows;
  const std::size_t keys = (t.tokens + 31) / 32 * 32;
  const std::size_t last_rows = t.tokens - (blocks - 1) * kQueryRows;
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
        sums[at][r] = softmax_levels(b.scores + row, keys, steps, b.probabilities + row);
      }
    }
    if (block > 1) {
      const std::size_t at = block % 2;
      const std::size_t rows = block - 1 < blocks ? kQueryRows : last_rows;
      mix_values(t, l, b, rows, b.probabilities + at * kQueryRows * l.keys, sums[at],
                 out + (block - 2) * kQueryRows * t.ld_out);
    }
  }
}

inline void quantized_attention(const QuantizedAttentionBlock& t) {
  const AttentionLayout l(t.tokens, t.head_dim);
  const HeadBuffers b(t.scratch, l);
  [[maybe_unused]] const ProductSession session;
  // Padding, which no head writes: zeros, and scores of padded keys below all others.
  __builtin_memset(b.keys, 0, l.key_bytes);
  __builtin_memset(b.queries, 0, l.query_bytes);
  __builtin_memset(b.probabilities, 0, l.probability_bytes);
  if constexpr (kSumsByProduct) __builtin_memset(b.values + l.values * l.keys, 1, 16 * l.keys);
  for (std::size_t key = t.tokens; key < l.keys; ++key) b.key_sums[key] = -(1 << 30);
  const std::size_t hidden = t.heads * t.head_dim;
  // log2(e) / sqrt(D): scores become powers of two.
  const float natural = kLog2E / __builtin_sqrtf(static_cast<float>(t.head_dim));
  for (std::size_t head = 0; head < t.heads; ++head) {
    const float* queries = t.qkv + head * t.head_dim;
    const float* keys = queries + hidden;
    const float query_high = highest_magnitude(queries, t.ld, t.tokens, t.head_dim);
    const float key_high = highest_magnitude(keys, t.ld, t.tokens, t.head_dim);
    const ScoreSteps steps = score_steps(natural * (query_high / 127.0F) * (key_high / 127.0F));
    quantize_keys(t, l, b, keys, inverse_scale(key_high));
    quantize_values(t, l, b, keys + hidden);
    quantize_queries(t, l, b, queries, t.tokens, inverse_scale(query_high));
    attend_head(t, l, b, steps, t.out + head * t.head_dim);
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
