// f32 products from bf16 tiles; included inside the target region and the namespace of AMX, after
// amx_product_inl.h.
//
// The unit of work is a block: 32 rows x 32 columns (or, for at most 16 rows, 16 x 64) of sums,
// four tiles, over a slab of k. A finished block is stored, and its epilogue runs row by row
// between the products of the next block. Both operands come from L2: 8 KiB for the 192 cycles of a
// step, which it can just deliver. A slab of A is split once for all columns; the weights are read
// from memory once for every kBlockRows rows, ahead of their use.

constexpr std::size_t kBlockRows = 256;
// 512 KiB of split A; the partial sums of N = 384 take as much again for 256 rows.
constexpr std::size_t kSlabFloats = std::size_t{1} << 17;

// Sixteen rows of 32 sums whose outputs are still to be made.
struct PendingRows {
  const float* bias;
  float* c;
  const float* residual;
  __mmask16 columns[2];
  std::size_t rows;
};

// The epilogue of a block: two groups of 16 rows, each anywhere in C.
template <Epilogue kEpilogue>
class Pending {
 public:
  explicit Pending(const GemmBlock& g) : ldc_(g.ldc), ldr_(g.ldr) {}

  /// sums: [group][half of the columns][16][16], at run().
  void begin(const PendingRows (&groups)[2], const float* sums) {
    groups_[0] = groups[0];
    groups_[1] = groups[1];
    sums_ = sums;
    next_ = 0;
  }

  SEMEME_ALWAYS_INLINE void run(std::size_t rows) {
    for (std::size_t r = 0; r < rows && next_ < kStep; ++r) run_row();
  }

  void finish() { run(kStep); }

 private:
  SEMEME_ALWAYS_INLINE void run_row() {
    const PendingRows& group = groups_[next_ / kHalf];
    const std::size_t r = next_ % kHalf;
    const float* sums = sums_ + next_ / kHalf * 512 + r * kHalf;
    ++next_;
    if (r >= group.rows) return;
#pragma GCC unroll 2
    for (std::size_t v = 0; v < 2; ++v) {
      Simd::Reg x = Simd::add(Simd::load(sums + v * 256), Simd::load(group.bias + v * kHalf));
      if constexpr (kEpilogue == Epilogue::kGelu) x = gelu(x);
      if constexpr (kEpilogue == Epilogue::kResidual) {
        const float* residual = group.residual + r * ldr_ + v * kHalf;
        x = Simd::add(x, _mm512_maskz_loadu_ps(group.columns[v], residual));
      }
      _mm512_mask_storeu_ps(group.c + r * ldc_ + v * kHalf, group.columns[v], x);
    }
  }

  PendingRows groups_[2];
  const float* sums_ = nullptr;
  std::size_t next_ = kStep;  // row, 0 .. 32
  std::size_t ldc_;
  std::size_t ldr_;
};

SEMEME_ALWAYS_INLINE void prefetch(const char* from, std::size_t lines) {
  for (std::size_t i = 0; i < lines; ++i) _mm_prefetch(from + i * 64, _MM_HINT_T1);
}

// How a product of m rows is cut.
struct GemmPlan {
  std::size_t rows;  // of a block of A, whole steps
  std::size_t panels;
  std::size_t steps;  // of k
  std::size_t slab;   // steps of a slab
  std::size_t a;      // floats of one split slab
  std::size_t sums;   // floats of partial sums
};

inline GemmPlan plan_gemm(std::size_t m, std::size_t n, std::size_t k) {
  GemmPlan plan;
  const std::size_t blocks = (m + kBlockRows - 1) / kBlockRows;
  plan.rows = blocks == 0 ? 0 : steps((m + blocks - 1) / blocks) * kStep;
  plan.panels = steps(n);
  plan.steps = steps(k);
  const std::size_t fitting = kSlabFloats / (plan.rows * kStep + 1);
  const std::size_t slabs = fitting == 0 ? plan.steps : (plan.steps + fitting - 1) / fitting;
  plan.slab = slabs == 0 ? 0 : (plan.steps + slabs - 1) / slabs;
  plan.a = plan.rows * plan.slab * kStep;
  plan.sums = plan.slab < plan.steps ? plan.rows * plan.panels * kStep : 0;
  return plan;
}

inline std::size_t gemm_scratch(std::size_t m, std::size_t n, std::size_t k) {
  const GemmPlan plan = plan_gemm(m, n, k);
  return plan.a + plan.sums;
}

template <Epilogue kEpilogue>
class BlockedProduct {
 public:
  explicit BlockedProduct(const GemmBlock& g)
      : g_(g), plan_(plan_gemm(g.m, g.n, g.k)), pending_(g) {}

  void run() {
    for (std::size_t row = 0; row < g_.m; row += plan_.rows) {
      row_ = row;
      rows_ = least(g_.m - row, plan_.rows);
      first_ = 0;
      do {
        slab_ = least(plan_.steps - first_, plan_.slab);
        run_slab();
        first_ += slab_;
      } while (first_ < plan_.steps);
    }
    pending_.finish();
    if (to_ == nullptr) return;
    store_sums(to_);
    begin_pending();
    pending_.finish();
  }

 private:
  bool is_last() const { return first_ + slab_ == plan_.steps; }

  void run_slab() {
    const std::size_t k = g_.k - first_ * kStep;
    for (std::size_t r = 0; r < rows_; r += kStep) {
      split_rows(g_.a + (row_ + r) * g_.lda + first_ * kStep, g_.lda, least(rows_ - r, kStep),
                 least(k, slab_ * kStep), a_block(r));
    }
    const std::size_t left = rows_ % kStep;
    const std::size_t tail = left <= kHalf ? left : 0;
    for (std::size_t panel = 0; panel < plan_.panels; ++panel) {
      for (std::size_t r = 0; r + tail < rows_; r += kStep) run_block(r, panel);
      const bool second = panel % 2 == 1;
      if (tail != 0 && (second || panel + 1 == plan_.panels)) {
        run_wide_block(rows_ - tail, panel - (second ? 1 : 0));
      }
    }
  }

  // Rows r .. r + 32 of the block of rows in one panel.
  void run_block(std::size_t r, std::size_t panel) {
    // The next panel is asked for, a share of it with each block.
    const std::size_t blocks = steps(rows_);
    const std::size_t lines = (kStepBytes / 64 + blocks - 1) / blocks;
    const char* upcoming = b_panel(panel + 1) + r / kStep * slab_ * lines * 64;
    multiply<Narrow>({a_block(r), b_panel(panel), nullptr}, upcoming, lines,
                     first_ == 0 ? nullptr : partial(r, panel));
    const std::size_t left = rows_ - r;
    leave(partial(r, panel), group(r, least(left, kHalf), panel),
          group(r + kHalf, left > kHalf ? least(left - kHalf, kHalf) : 0, panel));
  }

  // The last rows of the block of rows, at most 16, in two panels.
  void run_wide_block(std::size_t r, std::size_t panel) {
    const bool single = panel + 1 == plan_.panels;
    const char* b = b_panel(panel);
    // Alone, these rows stream the weights: the next two panels are asked for.
    const std::size_t lines = rows_ <= kHalf ? 2 * kStepBytes / 64 : 0;
    multiply<Wide>({a_block(r), b, single ? b : b_panel(panel + 1)}, b_panel(panel + 2), lines,
                   first_ == 0 ? nullptr : partial(r, panel));
    leave(partial(r, panel), group(r, rows_ - r, panel),
          single ? group(r, 0, panel) : group(r, rows_ - r, panel + 1));
  }

  // The operands of a slab at some step.
  struct Narrow {
    const char* a;
    const char* b;
    const char* other;
    template <typename Sums, typename Work>
    SEMEME_ALWAYS_INLINE void multiply(const Sums& sums, Work& work, const Spread& spread) const {
      multiply_step(a, b, sums, work, spread);
    }
  };
  struct Wide : Narrow {
    template <typename Sums, typename Work>
    SEMEME_ALWAYS_INLINE void multiply(const Sums& sums, Work& work, const Spread& spread) const {
      multiply_wide_step(this->a, this->b, this->other, sums, work, spread);
    }
  };

  // A block's sums over the slab, from null (zeros) or what earlier slabs left.
  template <typename Operands>
  void multiply(Operands o, const char* upcoming, std::size_t lines, const float* from) {
    pending_.finish();
    prefetch(upcoming, lines);
    if (slab_ == 0) {
      exchange_sums({to_, from});
    } else {
      begin(o, {to_, from});
    }
    begin_pending();
    const Spread spread(rows_a_step());
    for (std::size_t k = 1; k < slab_; ++k) {
      o.a += kStepBytes;
      o.b += kStepBytes;
      o.other += kStepBytes;
      prefetch(upcoming + k * lines * 64, lines);
      o.multiply(KeepSums(), pending_, spread);
    }
  }

  // The first step.
  template <typename Operands>
  SEMEME_ALWAYS_INLINE void begin(const Operands& o, const Exchange& exchange) {
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

  // Says where the sums, now in their tiles, go when the next block begins.
  void leave(float* partial_sums, const PendingRows& first, const PendingRows& second) {
    to_ = is_last() ? sums_ : partial_sums;
    leaving_[0] = first;
    leaving_[1] = second;
  }

  // The sums that left are the pending ones, when they are complete.
  void begin_pending() {
    if (to_ == sums_) pending_.begin(leaving_, sums_);
  }

  PendingRows group(std::size_t r, std::size_t rows, std::size_t panel) const {
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

  // So many rows of the epilogue with each step but the first that it ends with the block.
  std::size_t rows_a_step() const { return slab_ < 2 ? 0 : (kStep + slab_ - 2) / (slab_ - 1); }

  static std::size_t least(std::size_t a, std::size_t b) { return a < b ? a : b; }
  char* a_block(std::size_t r) const {
    return reinterpret_cast<char*>(g_.scratch) + r / kStep * slab_ * kStepBytes;
  }
  const char* b_panel(std::size_t panel) const {
    return reinterpret_cast<const char*>(g_.panels) + (panel * plan_.steps + first_) * kStepBytes;
  }
  float* partial(std::size_t r, std::size_t panel) const {
    return g_.scratch + plan_.a + (panel * plan_.rows + r) * kStep;
  }

  const GemmBlock& g_;
  const GemmPlan plan_;
  std::size_t row_ = 0;    // first of the block of rows
  std::size_t rows_ = 0;   // in it
  std::size_t first_ = 0;  // step of the slab
  std::size_t slab_ = 0;   // steps in it
  float* to_ = nullptr;    // where the sums in the tiles go
  PendingRows leaving_[2];
  Pending<kEpilogue> pending_;
  alignas(64) float sums_[kStepFloats];
};

inline void gemm_rows(const GemmBlock& g) {
  const TileSession session;
  switch (g.epilogue) {
    case Epilogue::kBias:
      return BlockedProduct<Epilogue::kBias>(g).run();
    case Epilogue::kGelu:
      return BlockedProduct<Epilogue::kGelu>(g).run();
    case Epilogue::kResidual:
      return BlockedProduct<Epilogue::kResidual>(g).run();
  }
}

// Four independent sums in turn: the rate that gemm_bench compares with. A product of f32 accuracy
// takes three.
inline double peak_flops() {
  constexpr int kRounds = 20000;
  const TileSession session;
  zero_sums();
  tile_zero<4>();
  tile_zero<5>();
  for (int i = 0; i < kRounds; ++i) {
    multiply_bf16<0, 4, 5>();
    multiply_bf16<1, 4, 5>();
    multiply_bf16<2, 4, 5>();
    multiply_bf16<3, 4, 5>();
  }
  return 4.0 * kRounds * 2 * kHalf * kHalf * kStep;
}
