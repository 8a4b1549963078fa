// The feed-forward part of a layer, x + W_down gelu(W_up x); included inside the target region and
// the namespace of AMX, after amx_gemm_inl.h.
//
// 384 of the wide activations at a time: they are split as they come out of their epilogue,
// straight into the tiles that the second product reads, and never leave L2.

constexpr std::size_t kWideSteps = 12;
// Of split rows, wide activations and sums together.
constexpr std::size_t kFeedForwardFloats = 300 << 10;

// The GELU of sums plus bias, as tiles of A: a panel of columns is a step of k.
class TileOutput {
 public:
  struct Group {
    const float* bias;
    char* to;
    std::size_t rows;
  };

  TileOutput(const float* bias, char* tiles, std::size_t steps)
      : bias_(bias), tiles_(tiles), steps_(steps) {}

  Group group(std::size_t r, std::size_t rows, std::size_t panel) const {
    return {.bias = bias_ + panel * kStep,
            .to = tiles_ + (r / kStep * steps_ + panel) * kStepBytes +
                  r % kStep / kHalf * 2 * kTileBytes,
            .rows = rows};
  }

  SEMEME_ALWAYS_INLINE void put(const Group& group, std::size_t r, Simd::Reg x0, Simd::Reg x1) {
    const Halves x = split(gelu(x0), gelu(x1));
    store_bytes(group.to + r * kTileRowBytes, x.high);
    store_bytes(group.to + kTileBytes + r * kTileRowBytes, x.low);
  }

 private:
  const float* bias_;
  char* tiles_;
  std::size_t steps_;
};

struct FeedForwardPlan {
  std::size_t rows;            // of a block
  std::size_t inner, wide;     // steps of the two depths
  std::size_t a, tiles, sums;  // floats
};

inline FeedForwardPlan plan_feed_forward(std::size_t m, std::size_t hidden, std::size_t wide) {
  FeedForwardPlan plan;
  plan.inner = steps(hidden);
  plan.wide = steps(wide);
  const std::size_t chunk = least(plan.wide, kWideSteps);
  const std::size_t row = (2 * plan.inner + chunk) * kStep;
  const std::size_t fitting = kFeedForwardFloats / row / kStep * kStep;
  const std::size_t most = fitting == 0 ? kStep : fitting;
  const std::size_t blocks = (m + most - 1) / most;
  plan.rows = blocks == 0 ? 0 : steps((m + blocks - 1) / blocks) * kStep;
  plan.a = plan.rows * plan.inner * kStep;
  plan.tiles = plan.rows * chunk * kStep;
  plan.sums = plan.a;
  return plan;
}

inline std::size_t feed_forward_scratch(std::size_t m, std::size_t hidden, std::size_t wide) {
  const FeedForwardPlan plan = plan_feed_forward(m, hidden, wide);
  return plan.a + plan.tiles + plan.sums;
}

inline void feed_forward_rows(const FeedForwardBlock& f) {
  const TileSession session;
  const FeedForwardPlan plan = plan_feed_forward(f.m, f.hidden, f.wide);
  char* a = reinterpret_cast<char*>(f.scratch);
  char* tiles = a + plan.a * sizeof(float);
  float* sums = f.scratch + plan.a + plan.tiles;
  Blocks<RowOutput<Epilogue::kResidual>> down(
      RowOutput<Epilogue::kResidual>({.m = f.m,
                                      .n = f.hidden,
                                      .k = f.wide,
                                      .a = nullptr,
                                      .lda = 0,
                                      .panels = f.down,
                                      .bias = f.down_bias,
                                      .c = f.x,
                                      .ldc = f.ld,
                                      .residual = f.x,
                                      .ldr = f.ld,
                                      .epilogue = Epilogue::kResidual}));
  for (std::size_t row = 0; row < f.m; row += plan.rows) {
    const std::size_t rows = least(f.m - row, plan.rows);
    split_rows(f.x + row * f.ld, f.ld, rows, f.hidden, a);
    down.output().begin_rows(row);
    for (std::size_t first = 0; first < plan.wide; first += kWideSteps) {
      const std::size_t chunk = least(plan.wide - first, kWideSteps);
      Blocks<TileOutput> up(TileOutput(f.up_bias + first * kStep, tiles, chunk));
      multiply_slab(up, {.a = a,
                         .rows = rows,
                         .steps = plan.inner,
                         .b = at_step(f.up, first * plan.inner),
                         .panel_bytes = plan.inner * kStepBytes,
                         .panels = chunk,
                         .next = at_step(f.down, first),
                         .partial = nullptr,
                         .is_first = true,
                         .is_last = true});
      up.finish();
      multiply_slab(down, {.a = tiles,
                           .rows = rows,
                           .steps = chunk,
                           .b = at_step(f.down, first),
                           .panel_bytes = plan.wide * kStepBytes,
                           .panels = plan.inner,
                           .next = at_step(f.up, (first + chunk) * plan.inner),
                           .partial = sums,
                           .is_first = first == 0,
                           .is_last = first + chunk == plan.wide});
      down.finish();
    }
  }
}
