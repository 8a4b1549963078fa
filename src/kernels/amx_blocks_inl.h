// Blocks of sums of bf16 tiles and what becomes of them; included inside the target region and the
// namespace of AMX, after amx_product_inl.h.
//
// A block is 32 rows x 32 columns (or, for at most 16 rows, 16 x 64) of sums, four tiles. The sums
// of a block leave their tiles in the first step of the next one, and its epilogue runs row by row
// between the products of the other steps. Both operands come from L2: 8 KiB for the 192 cycles of
// a step, which it can just deliver.

constexpr std::size_t least(std::size_t a, std::size_t b) { return a < b ? a : b; }

// An output takes sums plus bias in groups: 16 rows of 32 columns that lie anywhere.
//
// RowOutput: rows of C.
template <Epilogue kEpilogue>
class RowOutput {
 public:
  struct Group {
    const float* bias;
    float* c;
    const float* residual;
    __mmask16 columns[2];
    std::size_t rows;
  };

  explicit RowOutput(const GemmBlock& g) : g_(g) {}

  /// The row of C at which the operands' rows begin.
  void begin_rows(std::size_t row) { row_ = row; }

  Group group(std::size_t r, std::size_t rows, std::size_t panel) const {
    const std::size_t column = panel * kStep;
    const std::size_t left = g_.n - column;
    const float* residual = nullptr;
    if constexpr (kEpilogue == Epilogue::kResidual) {
      residual = g_.residual + (row_ + r) * g_.ldr + column;
    }
    return {.bias = g_.bias + column,
            .c = g_.c + (row_ + r) * g_.ldc + column,
            .residual = residual,
            .columns = {first_lanes(left), first_lanes(left > kHalf ? left - kHalf : 0)},
            .rows = rows};
  }

  SEMEME_ALWAYS_INLINE void put(const Group& group, std::size_t r, Simd::Reg x0, Simd::Reg x1) {
    Simd::Reg x[2] = {x0, x1};
#pragma GCC unroll 2
    for (std::size_t v = 0; v < 2; ++v) {
      if constexpr (kEpilogue == Epilogue::kGelu) x[v] = gelu(x[v]);
      if constexpr (kEpilogue == Epilogue::kResidual) {
        const float* residual = group.residual + r * g_.ldr + v * kHalf;
        x[v] = Simd::add(x[v], _mm512_maskz_loadu_ps(group.columns[v], residual));
      }
      _mm512_mask_storeu_ps(group.c + r * g_.ldc + v * kHalf, group.columns[v], x[v]);
    }
  }

 private:
  GemmBlock g_;
  std::size_t row_ = 0;
};

// The epilogue of a block, two groups.
template <typename Output>
class Pending {
 public:
  using Group = typename Output::Group;
  explicit Pending(const Output& output) : output_(output) {}

  /// sums: [group][half of the columns][16][16], at run().
  void begin(const Group (&groups)[2], const float* sums) {
    groups_[0] = groups[0];
    groups_[1] = groups[1];
    sums_ = sums;
    next_ = 0;
  }

  SEMEME_ALWAYS_INLINE void run(std::size_t rows) {
    for (std::size_t i = 0; i < rows && next_ < kStep; ++i, ++next_) {
      const Group& group = groups_[next_ / kHalf];
      const std::size_t r = next_ % kHalf;
      if (r >= group.rows) continue;
      const float* sums = sums_ + next_ / kHalf * 512 + r * kHalf;
      output_.put(group, r, Simd::add(Simd::load(sums), Simd::load(group.bias)),
                  Simd::add(Simd::load(sums + 256), Simd::load(group.bias + kHalf)));
    }
  }

  void finish() { run(kStep); }
  Output& output() { return output_; }

 private:
  Output output_;
  Group groups_[2];
  const float* sums_ = nullptr;
  std::size_t next_ = kStep;  // row, 0 .. 32
};

// The operands of a block at some step: 32 rows by one panel. The blocks of a panel ask for a share
// of the next panel each.
struct Narrow {
  const char* a;
  const char* b;
  const char* upcoming;
  std::size_t share;  // bytes a step

  void advance() {
    a += kStepBytes;
    b += kStepBytes;
    upcoming += share;
  }
  template <typename Sums, typename Work>
  SEMEME_ALWAYS_INLINE void multiply(const Sums& sums, Work& work, const Spread& spread) const {
    prefetch_lines(upcoming, share);
    multiply_step(a, b, sums, work, spread);
  }
};

// 16 rows by two panels. These stream the weights, which the hardware's prefetches do best alone.
struct Wide {
  const char* a;
  const char* b;
  const char* other;

  void advance() {
    a += kStepBytes;
    b += kStepBytes;
    other += kStepBytes;
  }
  template <typename Sums, typename Work>
  SEMEME_ALWAYS_INLINE void multiply(const Sums& sums, Work& work, const Spread& spread) const {
    multiply_wide_step(a, b, other, sums, work, spread);
  }
};

template <typename Output>
class Blocks {
 public:
  using Group = typename Output::Group;
  explicit Blocks(const Output& output) : pending_(output) {}
  Output& output() { return pending_.output(); }

  /// The sums of a block over some steps, from null (zeros) or what earlier steps left. They stay
  /// in their tiles; a leave() follows.
  template <typename Operands>
  void multiply(Operands o, std::size_t count, const float* from) {
    pending_.finish();
    if (count == 0) {
      exchange_sums({to_, from});
      return begin_pending();
    }
    multiply_first(o, {to_, from});
    begin_pending();
    const Spread spread(count == 1 ? 0 : (kStep + count - 2) / (count - 1));
    for (std::size_t k = 1; k < count; ++k) {
      o.advance();
      o.multiply(KeepSums(), pending_, spread);
    }
  }

  /// The sums of the last block are complete and go through the epilogue.
  void leave(const Group& first, const Group& second) {
    to_ = sums_;
    leaving_[0] = first;
    leaving_[1] = second;
  }
  void leave_partial(float* to) { to_ = to; }

  /// Everything is stored.
  void finish() {
    pending_.finish();
    if (to_ == nullptr) return;
    store_sums(to_);
    begin_pending();
    pending_.finish();
    to_ = nullptr;
  }

 private:
  template <typename Operands>
  SEMEME_ALWAYS_INLINE void multiply_first(const Operands& o, const Exchange& exchange) {
    NoWork none;
    if (exchange.to == nullptr) {
      exchange_sums(exchange);
      o.multiply(KeepSums(), none, Spread(0));
    } else if (exchange.from == nullptr) {
      o.multiply(ExchangeSums<false>{exchange}, none, Spread(0));
    } else {
      o.multiply(ExchangeSums<true>{exchange}, none, Spread(0));
    }
  }

  // The sums that left their tiles are pending, when they are complete.
  void begin_pending() {
    if (to_ == sums_) pending_.begin(leaving_, sums_);
  }

  Pending<Output> pending_;
  Group leaving_[2];
  float* to_ = nullptr;  // where the sums in the tiles go
  alignas(64) float sums_[kStepFloats];
};

// A slab of a product: split rows of A by panels of B.
struct Slab {
  const char* a;  // [32 rows][step][4096]
  std::size_t rows;
  std::size_t steps;
  const char* b;  // the first step of the slab in the first panel
  std::size_t panel_bytes;
  std::size_t panels;
  const char* next;  // weights that are read after these
  float* partial;    // [panel][row][32], sums of all slabs but the last
  bool is_first;
  bool is_last;
};

template <typename Output>
class SlabProduct {
 public:
  SlabProduct(Blocks<Output>& blocks, const Slab& slab) : blocks_(blocks), s_(slab) {}

  void run() {
    const std::size_t left = s_.rows % kStep;
    const std::size_t tail = left <= kHalf ? left : 0;
    for (std::size_t panel = 0; panel < s_.panels; ++panel) {
      for (std::size_t r = 0; r + tail < s_.rows; r += kStep) run_block(r, panel);
      const bool second = panel % 2 == 1;
      if (tail != 0 && (second || panel + 1 == s_.panels)) {
        run_wide_block(s_.rows - tail, panel - (second ? 1 : 0));
      }
    }
  }

 private:
  void run_block(std::size_t r, std::size_t panel) {
    const char* next = panel + 1 < s_.panels ? b(panel + 1) : s_.next;
    const std::size_t share = kStepBytes / (64 * steps(s_.rows)) * 64;
    blocks_.multiply(Narrow{a(r), b(panel), next + r / kStep * s_.steps * share, share}, s_.steps,
                     from(r, panel));
    if (!s_.is_last) return blocks_.leave_partial(partial(r, panel));
    const std::size_t left = s_.rows - r;
    blocks_.leave(
        blocks_.output().group(r, least(left, kHalf), panel),
        blocks_.output().group(r + kHalf, left > kHalf ? least(left - kHalf, kHalf) : 0, panel));
  }

  // The last rows, at most 16, in two panels.
  void run_wide_block(std::size_t r, std::size_t panel) {
    const bool single = panel + 1 == s_.panels;
    blocks_.multiply(Wide{a(r), b(panel), single ? b(panel) : b(panel + 1)}, s_.steps,
                     from(r, panel));
    if (!s_.is_last) return blocks_.leave_partial(partial(r, panel));
    const std::size_t rows = s_.rows - r;
    blocks_.leave(
        blocks_.output().group(r, rows, panel),
        single ? blocks_.output().group(r, 0, panel) : blocks_.output().group(r, rows, panel + 1));
  }

  const char* a(std::size_t r) const { return s_.a + r / kStep * s_.steps * kStepBytes; }
  const char* b(std::size_t panel) const { return s_.b + panel * s_.panel_bytes; }
  float* partial(std::size_t r, std::size_t panel) const {
    return s_.partial + (panel * steps(s_.rows) * kStep + r) * kStep;
  }
  const float* from(std::size_t r, std::size_t panel) const {
    return s_.is_first ? nullptr : partial(r, panel);
  }

  Blocks<Output>& blocks_;
  const Slab s_;
};

template <typename Output>
inline void multiply_slab(Blocks<Output>& blocks, const Slab& slab) {
  SlabProduct<Output>(blocks, slab).run();
}

SEMEME_ALWAYS_INLINE const char* at_step(const float* panels, std::size_t step) {
  return reinterpret_cast<const char*>(panels) + step * kStepBytes;
}
