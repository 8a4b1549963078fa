// Products of split operands, with vector work between them; included inside the target region and
// the namespace of AMX, after amx_split_inl.h.
//
// A step of 32 k takes 12 products of 16 cycles. The vector units could work all that time, but the
// core looks only so far ahead: work that follows a step as one piece hides about 60 cycles of the
// 192, work spread over six places in the step hides nearly all (measured, see decision 0006).

constexpr std::size_t kPlaces = 6;

// How many units of work go to each place of a step, `units` in all.
struct Spread {
  explicit Spread(std::size_t units) {
    for (std::size_t i = 0; i < kPlaces; ++i) {
      counts[i] = (i + 1) * units / kPlaces - i * units / kPlaces;
    }
  }
  std::size_t counts[kPlaces];
};

struct NoWork {
  SEMEME_ALWAYS_INLINE void run(std::size_t) {}
};

SEMEME_ALWAYS_INLINE void zero_sums() {
  tile_zero<0>();
  tile_zero<1>();
  tile_zero<2>();
  tile_zero<3>();
}

SEMEME_ALWAYS_INLINE void load_sums(const float* from) {
  tile_load<0>(from);
  tile_load<1>(from + 256);
  tile_load<2>(from + 512);
  tile_load<3>(from + 768);
}

SEMEME_ALWAYS_INLINE void store_sums(float* to) {
  tile_store<0>(to);
  tile_store<1>(to + 256);
  tile_store<2>(to + 512);
  tile_store<3>(to + 768);
}

// How a block of sums begins: the sums of the block before, which still are in their tiles, go to
// `to` unless that is null; the new ones begin at zero or, continued, as they lie at `from`. Both
// are [4][16][16]. Inside a step each tile changes hands just before its first product, so that the
// others go on: 80 cycles less for each block than one after the other.
struct Exchange {
  float* to;
  const float* from;
};

inline void exchange_sums(const Exchange& exchange) {
  if (exchange.to != nullptr) store_sums(exchange.to);
  if (exchange.from != nullptr) {
    load_sums(exchange.from);
  } else {
    zero_sums();
  }
}

struct KeepSums {
  template <int kSum>
  SEMEME_ALWAYS_INLINE void prepare() const {}
};

template <bool kContinued>
struct ExchangeSums {
  Exchange exchange;
  template <int kSum>
  SEMEME_ALWAYS_INLINE void prepare() const {
    tile_store<kSum>(exchange.to + 256 * kSum);
    if constexpr (kContinued) {
      tile_load<kSum>(exchange.from + 256 * kSum);
    } else {
      tile_zero<kSum>();
    }
  }
};

// sums 0 1 / 2 3 += 32 rows x 32 k by 32 k x 32 columns: a_low b_high, a_high b_high, a_high b_low,
// each for the four sums in turn, so that a product never waits for the one before it.
template <typename Sums, typename Work>
SEMEME_ALWAYS_INLINE void multiply_step(const char* a, const char* b, const Sums& sums, Work& work,
                                        const Spread& spread) {
  tile_load<6>(b);
  tile_load<4>(a + kTileBytes);
  tile_load<7>(b + 2 * kTileBytes);
  sums.template prepare<0>();
  multiply_bf16<0, 4, 6>();
  tile_load<5>(a + 3 * kTileBytes);
  sums.template prepare<1>();
  multiply_bf16<1, 4, 7>();
  work.run(spread.counts[0]);
  sums.template prepare<2>();
  multiply_bf16<2, 5, 6>();
  tile_load<4>(a);
  sums.template prepare<3>();
  multiply_bf16<3, 5, 7>();
  work.run(spread.counts[1]);
  multiply_bf16<0, 4, 6>();
  tile_load<5>(a + 2 * kTileBytes);
  multiply_bf16<1, 4, 7>();
  work.run(spread.counts[2]);
  multiply_bf16<2, 5, 6>();
  tile_load<6>(b + kTileBytes);
  multiply_bf16<3, 5, 7>();
  work.run(spread.counts[3]);
  multiply_bf16<0, 4, 6>();
  tile_load<7>(b + 3 * kTileBytes);
  multiply_bf16<1, 4, 7>();
  work.run(spread.counts[4]);
  multiply_bf16<2, 5, 6>();
  multiply_bf16<3, 5, 7>();
  work.run(spread.counts[5]);
  keep_vectors_awake();
}

// The same products in the same order for 16 rows and 64 columns, two panels. The high halves of b
// are loaded twice, from L1 the second time.
template <typename Sums, typename Work>
SEMEME_ALWAYS_INLINE void multiply_wide_step(const char* a, const char* b, const char* other,
                                             const Sums& sums, Work& work, const Spread& spread) {
  tile_load<4>(a + kTileBytes);
  tile_load<5>(a);
  tile_load<6>(b);
  sums.template prepare<0>();
  multiply_bf16<0, 4, 6>();
  tile_load<7>(b + 2 * kTileBytes);
  sums.template prepare<1>();
  multiply_bf16<1, 4, 7>();
  work.run(spread.counts[0]);
  tile_load<6>(other);
  sums.template prepare<2>();
  multiply_bf16<2, 4, 6>();
  tile_load<7>(other + 2 * kTileBytes);
  sums.template prepare<3>();
  multiply_bf16<3, 4, 7>();
  work.run(spread.counts[1]);
#pragma GCC unroll 2
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t offset = half * kTileBytes;
    tile_load<6>(b + offset);
    multiply_bf16<0, 5, 6>();
    tile_load<7>(b + 2 * kTileBytes + offset);
    multiply_bf16<1, 5, 7>();
    work.run(spread.counts[2 + 2 * half]);
    tile_load<6>(other + offset);
    multiply_bf16<2, 5, 6>();
    tile_load<7>(other + 2 * kTileBytes + offset);
    multiply_bf16<3, 5, 7>();
    work.run(spread.counts[3 + 2 * half]);
  }
  keep_vectors_awake();
}
