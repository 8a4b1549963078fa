// Attention from bf16 tiles; included inside the target region and the namespace of AMX, after
// amx_gemm_inl.h.
//
// 32 queries at a time. Their scores lie as tiles of f32 and become, row by row and in place, the
// tiles of the split probabilities: 32 f32 of a row are as long as 32 high and 32 low bf16. While
// the softmax of one block of queries runs, the tile unit mixes the values of the block before and
// multiplies the block after it.

// Scores of one step of keys, two cache lines more than its tiles: a row of scores lies at this
// distance, and whole pages would all fall into the same sets of the cache.
constexpr std::size_t kScoreBytes = kStepBytes + 128;

struct AttentionBuffers {
  char* keys;     // [step of keys][step of dims][4096], tiles of B
  char* values;   // [step of dims][step of keys][4096], tiles of B
  char* queries;  // [step of dims][4096], tiles of A
  float* mixed;   // [step of dims][1024]
  char* scores[2];
};

constexpr std::size_t attention_scratch(std::size_t tokens, std::size_t head_dim) {
  const std::size_t operands = steps(head_dim) * (2 * steps(tokens) + 2) * kStepBytes;
  return (operands + 2 * steps(tokens) * kScoreBytes) / sizeof(float);
}

inline void gather_keys(const AttentionBlock& t, const float* k, char* keys) {
  for (std::size_t token = 0; token < steps(t.tokens) * kStep; token += kHalf) {
    const std::size_t left = token < t.tokens ? t.tokens - token : 0;
    char* to = keys + token / kStep * steps(t.head_dim) * kStepBytes +
               token % kStep / kHalf * 2 * kTileBytes;
    for (std::size_t d = 0; d < t.head_dim; d += kStep, to += kStepBytes) {
      pack_tile({.rows = k + token * t.ld + d,
                 .ld = t.ld,
                 .k = t.head_dim - d,
                 .first = 0,
                 .count = left < kHalf ? left : kHalf},
                0, to);
    }
  }
}

inline void gather_values(const AttentionBlock& t, const float* v, char* values) {
  const std::size_t dim_stride = steps(t.tokens) * kStepBytes;
  for (std::size_t token = 0; token < steps(t.tokens) * kStep; token += 2) {
    char* row = values + token / kStep * kStepBytes + token % kStep / 2 * kTileRowBytes;
    const float* from = v + token * t.ld;
    for (std::size_t d = 0; d < steps(t.head_dim) * kStep; d += kHalf) {
      const __mmask16 dims = d < t.head_dim ? first_lanes(t.head_dim - d) : __mmask16{0};
      const __mmask16 first = token < t.tokens ? dims : __mmask16{0};
      const __mmask16 second = token + 1 < t.tokens ? dims : __mmask16{0};
      const Halves x = split_pair(_mm512_maskz_loadu_ps(first, from + d),
                                  _mm512_maskz_loadu_ps(second, from + t.ld + d));
      char* to = row + d / kStep * dim_stride + d % kStep / kHalf * 2 * kTileBytes;
      store_bytes(to, x.high);
      store_bytes(to + kTileBytes, x.low);
    }
  }
}

// One operation over the lanes of each of 16 registers: lane r is that of rows[r].
struct Add {
  static SEMEME_ALWAYS_INLINE Simd::Reg of(Simd::Reg a, Simd::Reg b) { return Simd::add(a, b); }
};
struct Max {
  static SEMEME_ALWAYS_INLINE Simd::Reg of(Simd::Reg a, Simd::Reg b) { return Simd::max(a, b); }
};

template <typename Operation>
inline Simd::Reg reduce16(const float* rows) {
  Simd::Reg quarters[4];  // quarter q of register i: four lanes of row 4 q + i
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    Simd::Reg pairs[2];
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) {
      const Simd::Reg a = Simd::load(rows + (8 * j + i) * 16);
      const Simd::Reg b = Simd::load(rows + (8 * j + 4 + i) * 16);
      pairs[j] = Operation::of(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
    }
    quarters[i] = Operation::of(_mm512_shuffle_f32x4(pairs[0], pairs[1], 0x88),
                                _mm512_shuffle_f32x4(pairs[0], pairs[1], 0xDD));
  }
  Simd::Reg halves[2];
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i) {
    const Simd::Reg a = quarters[2 * i];
    const Simd::Reg b = quarters[2 * i + 1];
    halves[i] = Operation::of(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xEE));
  }
  return Operation::of(_mm512_shuffle_ps(halves[0], halves[1], 0x88),
                       _mm512_shuffle_ps(halves[0], halves[1], 0xDD));
}

// The softmax of one block of queries, 32 keys of a row at a time; sixteen rows share their
// reductions.
class Softmax {
 public:
  void begin(const AttentionBlock& t, std::size_t rows, char* scores) {
    steps_ = steps(t.tokens);
    ragged_ = t.tokens % kStep;
    rows_ = rows;
    next_ = 0;
    scale_ = t.scale;
    scores_ = scores;
    begin_rows();
  }

  /// So many times 32 keys, as far as there are any.
  SEMEME_ALWAYS_INLINE void run(std::size_t count) {
    while (count != 0 && next_ < rows_) {
      const std::size_t part = count < left_ ? count : left_;
      run_steps(part);
      count -= part;
      left_ -= part;
      if (left_ == 0) end_row();
    }
  }

  void finish() { run(rows_ * steps_); }
  std::size_t rows() const { return rows_; }
  const char* scores() const { return scores_; }
  float inverse(std::size_t row) const { return inverse_[row]; }

 private:
  static SEMEME_ALWAYS_INLINE Simd::Reg at(const char* from) {
    return Simd::load(reinterpret_cast<const float*>(from));
  }

  char* row(std::size_t r) const {
    return scores_ + r / kHalf * 2 * kTileBytes + r % kHalf * kTileRowBytes;
  }

  // Which of the two registers of the last keys count, when those are not 32.
  __mmask16 first() const { return first_lanes(ragged_); }
  __mmask16 second() const { return first_lanes(ragged_ > kHalf ? ragged_ - kHalf : 0); }

  // The highest scores of sixteen rows from next_ on, times the scale.
  void begin_rows() {
    alignas(64) float high[kHalf * kHalf];
    const std::size_t whole = steps_ - (ragged_ != 0 ? 1 : 0);
    for (std::size_t r = 0; r < kHalf; ++r) {
      const char* from = row(next_ + r);
      Simd::Reg a = Simd::set(-kInfinity);
      Simd::Reg b = a;
      for (std::size_t s = 0; s < whole; ++s, from += kScoreBytes) {
        a = Simd::max(a, at(from));
        b = Simd::max(b, at(from + kTileBytes));
      }
      if (ragged_ != 0) {
        a = _mm512_mask_max_ps(a, first(), a, at(from));
        b = _mm512_mask_max_ps(b, second(), b, at(from + kTileBytes));
      }
      Simd::store(high + r * kHalf, Simd::max(a, b));
    }
    // One rounding of the highest score scales all of a row alike, and cancels.
    Simd::store(shift_, Simd::mul(reduce16<Max>(high), Simd::set(scale_)));
    begin_row();
  }

  void begin_row() {
    to_ = row(next_);
    left_ = steps_;
    Simd::store(sums_ + next_ % kHalf * kHalf, Simd::zero());
  }

  SEMEME_ALWAYS_INLINE void run_steps(std::size_t count) {
    const Simd::Reg factor = Simd::set(scale_);
    const Simd::Reg shift = Simd::set(shift_[next_ % kHalf]);
    float* sums = sums_ + next_ % kHalf * kHalf;
    Simd::Reg sum = Simd::load(sums);
    char* to = to_;
    const std::size_t whole = count == left_ && ragged_ != 0 ? count - 1 : count;
    for (std::size_t s = 0; s < whole; ++s, to += kScoreBytes) {
      const Simd::Reg x0 = exp2(_mm512_fmsub_ps(at(to), factor, shift));
      const Simd::Reg x1 = exp2(_mm512_fmsub_ps(at(to + kTileBytes), factor, shift));
      sum = Simd::add(sum, Simd::add(x0, x1));
      store_split(to, x0, x1);
    }
    if (whole != count) {
      const Simd::Reg x0 = exp2(_mm512_fmsub_ps(at(to), factor, shift));
      const Simd::Reg x1 = exp2(_mm512_fmsub_ps(at(to + kTileBytes), factor, shift));
      const Simd::Reg y0 = _mm512_maskz_mov_ps(first(), x0);
      const Simd::Reg y1 = _mm512_maskz_mov_ps(second(), x1);
      sum = Simd::add(sum, Simd::add(y0, y1));
      store_split(to, y0, y1);
    }
    to_ = to;
    Simd::store(sums, sum);
  }

  static SEMEME_ALWAYS_INLINE void store_split(char* to, Simd::Reg x0, Simd::Reg x1) {
    const Halves p = split(x0, x1);
    store_bytes(to, p.high);
    store_bytes(to + kTileBytes, p.low);
  }

  void end_row() {
    ++next_;
    if (next_ % kHalf != 0 && next_ != rows_) return begin_row();
    // Of the rows that were run last; what stands behind them does not count.
    float* to = inverse_ + (next_ - 1) / kHalf * kHalf;
    Simd::store(to, Simd::div(Simd::set(1.0F), reduce16<Add>(sums_)));
    if (next_ < rows_) begin_rows();
  }

  std::size_t steps_ = 0;   // of keys
  std::size_t ragged_ = 0;  // keys of the last step, when that is not a whole one
  std::size_t rows_ = 0;
  std::size_t next_ = 0;  // row
  std::size_t left_ = 0;  // steps of it
  char* to_ = nullptr;    // where they begin
  float scale_ = 0;
  char* scores_ = nullptr;
  alignas(64) float shift_[kHalf];
  alignas(64) float sums_[kHalf * kHalf];
  alignas(64) float inverse_[kStep];
};

// As multiply_step, for the first 16 rows; the others' sums are left alone.
SEMEME_ALWAYS_INLINE void multiply_half_step(const char* a, const char* b) {
  tile_load<6>(b);
  tile_load<7>(b + 2 * kTileBytes);
  tile_load<4>(a + kTileBytes);
  multiply_bf16<0, 4, 6>();
  multiply_bf16<1, 4, 7>();
  tile_load<5>(a);
  multiply_bf16<0, 5, 6>();
  multiply_bf16<1, 5, 7>();
  tile_load<6>(b + kTileBytes);
  tile_load<7>(b + 3 * kTileBytes);
  multiply_bf16<0, 5, 6>();
  multiply_bf16<1, 5, 7>();
}

// Up to 32 rows of A by 32 columns of B.
struct TileProduct {
  const char* a;
  std::size_t a_stride;
  const char* b;
  std::size_t steps;
  std::size_t rows;
};

// One head of one text.
class AttentionHead {
 public:
  AttentionHead(const AttentionBlock& t, const AttentionBuffers& buffers, std::size_t head)
      : t_(t),
        buffers_(buffers),
        q_(t.qkv + head * t.head_dim),
        out_(t.out + head * t.head_dim),
        key_steps_(steps(t.tokens)),
        dim_steps_(steps(t.head_dim)) {}

  void run() {
    const std::size_t hidden = t_.heads * t_.head_dim;
    gather_keys(t_, q_ + hidden, buffers_.keys);
    gather_values(t_, q_ + 2 * hidden, buffers_.values);
    const std::size_t blocks = steps(t_.tokens);
    NoWork none;
    score(0, none, Spread(0));
    store_last();
    for (std::size_t block = 0; block < blocks; ++block) {
      Softmax& softmax = softmax_[block % 2];
      softmax.begin(t_, rows(block), buffers_.scores[block % 2]);
      const std::size_t units = softmax.rows() * key_steps_;
      const std::size_t products = key_steps_ * dim_steps_;
      const std::size_t beside = (block > 0 ? products : 0) + (block + 1 < blocks ? products : 0);
      const Spread spread(beside == 0 ? 0 : (units + beside - 1) / beside);
      if (block > 0) mix(block - 1, softmax, spread);
      if (block + 1 < blocks) score(block + 1, softmax, spread);
      store_last();
      softmax.finish();
      if (block > 0) write(block - 1);
    }
    mix(blocks - 1, none, Spread(0));
    store_last();
    write(blocks - 1);
  }

 private:
  std::size_t rows(std::size_t block) const {
    const std::size_t left = t_.tokens - block * kStep;
    return left < kStep ? left : kStep;
  }

  template <typename Work>
  void score(std::size_t block, Work& work, const Spread& spread) {
    split_rows(q_ + block * kStep * t_.ld, t_.ld, rows(block), t_.head_dim, buffers_.queries);
    char* scores = buffers_.scores[block % 2];
    for (std::size_t s = 0; s < key_steps_; ++s) {
      char* to = scores + s * kScoreBytes;
      multiply({.a = buffers_.queries,
                .a_stride = kStepBytes,
                .b = buffers_.keys + s * dim_steps_ * kStepBytes,
                .steps = dim_steps_,
                .rows = rows(block)},
               work, spread);
      to_ = reinterpret_cast<float*>(to);
    }
  }

  // The values by the probabilities of a block, [step of dims] of sums.
  template <typename Work>
  void mix(std::size_t block, Work& work, const Spread& spread) {
    for (std::size_t d = 0; d < dim_steps_; ++d) {
      multiply({.a = softmax_[block % 2].scores(),
                .a_stride = kScoreBytes,
                .b = buffers_.values + d * key_steps_ * kStepBytes,
                .steps = key_steps_,
                .rows = rows(block)},
               work, spread);
      to_ = buffers_.mixed + d * kStepFloats;
    }
  }

  // Leaves the sums in their tiles; those of the product before go where to_ says.
  template <typename Work>
  void multiply(TileProduct p, Work& work, const Spread& spread) {
    if (p.rows <= kHalf) return multiply_half(p, work, spread);
    if (to_ != nullptr) {
      multiply_step(p.a, p.b, ExchangeSums<false>{{to_, nullptr}}, work, spread);
    } else {
      zero_sums();
      multiply_step(p.a, p.b, KeepSums(), work, spread);
    }
    for (std::size_t s = 1; s < p.steps; ++s) {
      p.a += p.a_stride;
      p.b += kStepBytes;
      multiply_step(p.a, p.b, KeepSums(), work, spread);
    }
  }

  template <typename Work>
  void multiply_half(TileProduct p, Work& work, const Spread& spread) {
    exchange_sums({to_, nullptr});
    for (std::size_t s = 0; s < p.steps; ++s, p.a += p.a_stride, p.b += kStepBytes) {
      multiply_half_step(p.a, p.b);
      for (const std::size_t count : spread.counts) work.run(count);
    }
  }

  void store_last() {
    if (to_ != nullptr) store_sums(to_);
    to_ = nullptr;
  }

  void write(std::size_t block) {
    const Softmax& softmax = softmax_[block % 2];
    for (std::size_t d = 0; d < t_.head_dim; d += kStep) {
      const float* mixed = buffers_.mixed + d / kStep * kStepFloats;
      const std::size_t left = t_.head_dim - d;
      const __mmask16 first = first_lanes(left);
      const __mmask16 second = first_lanes(left > kHalf ? left - kHalf : 0);
      for (std::size_t r = 0; r < rows(block); ++r) {
        const float* from = mixed + r / kHalf * 512 + r % kHalf * kHalf;
        float* to = out_ + (block * kStep + r) * t_.ld_out + d;
        const Simd::Reg factor = Simd::set(softmax.inverse(r));
        _mm512_mask_storeu_ps(to, first, Simd::mul(Simd::load(from), factor));
        _mm512_mask_storeu_ps(to + kHalf, second, Simd::mul(Simd::load(from + 256), factor));
      }
    }
  }

  const AttentionBlock& t_;
  const AttentionBuffers& buffers_;
  Softmax softmax_[2];
  const float* q_;
  float* out_;
  std::size_t key_steps_;
  std::size_t dim_steps_;
  float* to_ = nullptr;  // where the sums in the tiles go
};

inline void attention_heads(const AttentionBlock& t) {
  const TileSession session;
  const std::size_t operand = steps(t.tokens) * steps(t.head_dim) * kStepBytes;
  char* scratch = reinterpret_cast<char*>(t.scratch);
  char* queries = scratch + 2 * operand;
  char* mixed = queries + steps(t.head_dim) * kStepBytes;
  char* scores = mixed + steps(t.head_dim) * kStepBytes;
  const AttentionBuffers buffers = {.keys = scratch,
                                    .values = scratch + operand,
                                    .queries = queries,
                                    .mixed = reinterpret_cast<float*>(mixed),
                                    .scores = {scores, scores + steps(t.tokens) * kScoreBytes}};
  for (std::size_t head = 0; head < t.heads; ++head) AttentionHead(t, buffers, head).run();
}
