// f32 products from bf16 tiles; included inside the target region and the namespace of AMX, after
// amx_blocks_inl.h.
//
// A slab of k of a block of rows of A is split once for all columns; the weights are read from
// memory once for every kBlockRows rows.

constexpr std::size_t kBlockRows = 256;
// 512 KiB of split A; the partial sums of N = 384 take 393 KB for 256 rows.
constexpr std::size_t kSlabFloats = std::size_t{1} << 17;

// How a product of m rows is cut.
struct GemmPlan {
  std::size_t rows;    // of a block of A, whole steps
  std::size_t panels;  // of W
  std::size_t steps;   // of k
  std::size_t slab;    // steps of a slab
  std::size_t a;       // floats of one split slab
  std::size_t sums;    // floats of partial sums
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
inline void multiply_rows(const GemmBlock& g) {
  const GemmPlan plan = plan_gemm(g.m, g.n, g.k);
  Blocks<RowOutput<kEpilogue>> blocks{RowOutput<kEpilogue>(g)};
  for (std::size_t row = 0; row < g.m; row += plan.rows) {
    const std::size_t rows = least(g.m - row, plan.rows);
    std::size_t first = 0;
    do {
      const std::size_t slab = least(plan.steps - first, plan.slab);
      char* a = reinterpret_cast<char*>(g.scratch);
      split_rows(g.a + row * g.lda + first * kStep, g.lda, rows,
                 least(g.k - first * kStep, slab * kStep), a);
      blocks.output().begin_rows(row);
      multiply_slab(blocks, {.a = a,
                             .rows = rows,
                             .steps = slab,
                             .b = at_step(g.panels, first),
                             .panel_bytes = plan.steps * kStepBytes,
                             .panels = plan.panels,
                             .next = at_step(g.panels, first + slab),
                             .partial = g.scratch + plan.a,
                             .is_first = first == 0,
                             .is_last = first + slab == plan.steps});
      first += slab;
    } while (first < plan.steps);
  }
  blocks.finish();
}

inline void gemm_rows(const GemmBlock& g) {
  const TileSession session;
  switch (g.epilogue) {
    case Epilogue::kBias:
      return multiply_rows<Epilogue::kBias>(g);
    case Epilogue::kGelu:
      return multiply_rows<Epilogue::kGelu>(g);
    case Epilogue::kResidual:
      return multiply_rows<Epilogue::kResidual>(g);
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
