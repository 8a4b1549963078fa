// Steps on pairs of word vectors, of one tier; included inside a target region and the tier's
// namespace, after math_inl.h and functions of its own: lane_sums(regs), whose lane i is the sum of
// regs[i], sixteen of them, as Simd::sum has it; repeat<J>(reg), whose lane i is lane i % J. (Not
// by way of memory: a vector read from what was just stored in pieces waits until all stores before
// it, those to rows too, are done.) kInputsAtOnce<J>: rows of inputs whose products
// with J outputs the tier's registers hold.

// 1 / (1 + 2^(-x log2 e)), x held to +-30, where it is 1 or 1e-13.
SEMEME_ALWAYS_INLINE Simd::Reg sigmoid(Simd::Reg x) {
  const Simd::Reg bounded = Simd::max(Simd::min(x, Simd::set(30.0F)), Simd::set(-30.0F));
  const Simd::Reg power = exp2(Simd::mul(bounded, Simd::set(-kLog2E)));
  return Simd::div(Simd::set(1.0F), Simd::add(Simd::set(1.0F), power));
}

// Steps of sixteen pairs: rate * (label - sigmoid(product)).
SEMEME_ALWAYS_INLINE Simd::Reg pair_steps(Simd::Reg products, Simd::Reg labels, Simd::Reg rate) {
  return Simd::mul(rate, Simd::sub(labels, sigmoid(products)));
}

// Products of kInputs inputs with kOutputs outputs, to sums[kInputs * kOutputs].
template <std::size_t kInputs, std::size_t kOutputs>
SEMEME_ALWAYS_INLINE void pair_products(float* const* inputs, float* const* outputs,
                                        std::size_t dim, Simd::Reg* sums) {
  for (std::size_t k = 0; k < dim; k += 16) {
    Simd::Reg x[kInputs];
#pragma GCC unroll 16
    for (std::size_t c = 0; c < kInputs; ++c) x[c] = Simd::load(inputs[c] + k);
#pragma GCC unroll 16
    for (std::size_t j = 0; j < kOutputs; ++j) {
      const Simd::Reg o = Simd::load(outputs[j] + k);
#pragma GCC unroll 16
      for (std::size_t c = 0; c < kInputs; ++c) {
        sums[c * kOutputs + j] = Simd::fma(x[c], o, sums[c * kOutputs + j]);
      }
    }
  }
}

template <std::size_t kInputs, std::size_t kOutputs>
SEMEME_ALWAYS_INLINE Simd::Reg products_of(float* const* inputs, float* const* outputs,
                                           std::size_t dim) {
  Simd::Reg sums[16];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) sums[i] = Simd::zero();
  pair_products<kInputs, kOutputs>(inputs, outputs, dim, sums);
  return lane_sums(sums);
}

// Moves inputs and outputs by the steps found, all from their old values. Sixteen positions at
// a time: the outputs stay in registers while the inputs pass.
template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE void move_pairs(const SkipGramBlock& b) {
  for (std::size_t k = 0; k < b.dim; k += 16) {
    Simd::Reg old[kOutputs];
    Simd::Reg moved[kOutputs];
#pragma GCC unroll 8
    for (std::size_t j = 0; j < kOutputs; ++j) moved[j] = old[j] = Simd::load(b.outputs[j] + k);
    for (std::size_t c = 0; c < b.input_count; ++c) {
      const Simd::Reg x = Simd::load(b.inputs[c] + k);
      // Two chains halve the latency.
      Simd::Reg chains[2] = {x, Simd::zero()};
      const float* step = b.pairs + c * kOutputs;
#pragma GCC unroll 8
      for (std::size_t j = 0; j < kOutputs; ++j) {
        const Simd::Reg g = Simd::set(step[j]);
        chains[j % 2] = Simd::fma(g, old[j], chains[j % 2]);
        moved[j] = Simd::fma(g, x, moved[j]);
      }
      Simd::store(b.inputs[c] + k, Simd::add(chains[0], chains[1]));
    }
#pragma GCC unroll 8
    for (std::size_t j = 0; j < kOutputs; ++j) Simd::store(b.outputs[j] + k, moved[j]);
  }
}

// Labels of pairs [C][kOutputs], from any row on.
template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE Simd::Reg labels_of_pairs(const float* labels) {
  return repeat<kOutputs>(Simd::load_first(labels, kOutputs));
}

// Products of all pairs, or, kSteps, the steps that follow from them. Registers are stored whole:
// what a store leaves behind the pairs that it has is overwritten by the next one.
template <std::size_t kOutputs, bool kSteps>
SEMEME_ALWAYS_INLINE void find_pairs(const SkipGramBlock& b) {
  constexpr std::size_t kInputs = kInputsAtOnce<kOutputs>;
  const Simd::Reg label = labels_of_pairs<kOutputs>(b.labels);
  const Simd::Reg rate = Simd::set(b.rate);
  std::size_t c = 0;
  for (; c + kInputs <= b.input_count; c += kInputs) {
    Simd::Reg value = products_of<kInputs, kOutputs>(b.inputs + c, b.outputs, b.dim);
    if constexpr (kSteps) value = pair_steps(value, label, rate);
    Simd::store(b.pairs + c * kOutputs, value);
  }
  for (; c < b.input_count; ++c) {
    Simd::Reg value = products_of<1, kOutputs>(b.inputs + c, b.outputs, b.dim);
    if constexpr (kSteps) value = pair_steps(value, label, rate);
    Simd::store(b.pairs + c * kOutputs, value);
  }
}

SEMEME_ALWAYS_INLINE Simd::Reg sum_of_slices(const float* const* products, std::size_t slices,
                                             std::size_t at) {
  Simd::Reg sum = Simd::load(products[0] + at);
  for (std::size_t s = 1; s < slices; ++s) sum = Simd::add(sum, Simd::load(products[s] + at));
  return sum;
}

// Steps from the products of slices.
template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE void steps_of_slices(const SkipGramBlock& b) {
  constexpr std::size_t kStride = 16 / kOutputs * kOutputs;
  const Simd::Reg label = labels_of_pairs<kOutputs>(b.labels);
  const Simd::Reg rate = Simd::set(b.rate);
  for (std::size_t i = 0; i < b.input_count * kOutputs; i += kStride) {
    const Simd::Reg products = sum_of_slices(b.products, b.slices, i);
    Simd::store(b.pairs + i, pair_steps(products, label, rate));
  }
}

template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE Simd::Reg shared_products(const SharedInputBlock& b) {
  float* const input[1] = {b.input};
  return products_of<1, kOutputs>(input, b.outputs, b.dim);
}

template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE void move_shared(const SharedInputBlock& b, Simd::Reg products) {
  const Simd::Reg label = Simd::load_first(b.labels, kOutputs);
  Simd::store(b.pairs, pair_steps(products, label, Simd::set(b.rate)));
  for (std::size_t k = 0; k < b.dim; k += 16) {
    const Simd::Reg x = Simd::load(b.input + k);
    Simd::Reg chains[2] = {Simd::zero(), Simd::zero()};
#pragma GCC unroll 8
    for (std::size_t j = 0; j < kOutputs; ++j) {
      const Simd::Reg g = Simd::set(b.pairs[j]);
      const Simd::Reg o = Simd::load(b.outputs[j] + k);
      chains[j % 2] = Simd::fma(g, o, chains[j % 2]);
      Simd::store(b.outputs[j] + k, Simd::fma(g, x, o));
    }
    const Simd::Reg moved = Simd::add(chains[0], chains[1]);
    Simd::store(b.input + k, Simd::add(x, moved));
    Simd::store(b.moved + k, Simd::add(Simd::load(b.moved + k), moved));
  }
}

// What the table's functions do for a number of outputs that is known when they are compiled.
struct SkipGram {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SkipGramBlock& b) {
    find_pairs<kOutputs, true>(b);
    move_pairs<kOutputs>(b);
  }
};
struct SkipGramProducts {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SkipGramBlock& b) {
    find_pairs<kOutputs, false>(b);
  }
};
struct SkipGramMove {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SkipGramBlock& b) {
    steps_of_slices<kOutputs>(b);
    move_pairs<kOutputs>(b);
  }
};
struct SharedInput {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SharedInputBlock& b) {
    move_shared<kOutputs>(b, shared_products<kOutputs>(b));
  }
};
struct SharedInputProducts {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SharedInputBlock& b) {
    Simd::store(b.pairs, shared_products<kOutputs>(b));
  }
};
struct SharedInputMove {
  template <std::size_t kOutputs>
  SEMEME_ALWAYS_INLINE static void run(const SharedInputBlock& b) {
    move_shared<kOutputs>(b, sum_of_slices(b.products, b.slices, 0));
  }
};

template <class Step, std::size_t kOutputs, class Block>
inline void run_for(const Block& b) {
  Step::template run<kOutputs>(b);
}

template <class Step, class Block>
inline void run_step(const Block& b) {
  switch (b.output_count) {
    case 1:
      return run_for<Step, 1>(b);
    case 2:
      return run_for<Step, 2>(b);
    case 3:
      return run_for<Step, 3>(b);
    case 4:
      return run_for<Step, 4>(b);
    case 5:
      return run_for<Step, 5>(b);
    case 6:
      return run_for<Step, 6>(b);
    case 7:
      return run_for<Step, 7>(b);
    default:
      return run_for<Step, 8>(b);
  }
}

inline void skip_gram(const SkipGramBlock& b) { run_step<SkipGram>(b); }
inline void shared_input(const SharedInputBlock& b) { run_step<SharedInput>(b); }
inline void skip_gram_products(const SkipGramBlock& b) { run_step<SkipGramProducts>(b); }
inline void shared_input_products(const SharedInputBlock& b) { run_step<SharedInputProducts>(b); }
inline void skip_gram_move(const SkipGramBlock& b) { run_step<SkipGramMove>(b); }
inline void shared_input_move(const SharedInputBlock& b) { run_step<SharedInputMove>(b); }

inline void sum_rows(float* const* rows, std::size_t count, float factor, std::size_t dim,
                     float* out) {
  const Simd::Reg f = Simd::set(factor);
  for (std::size_t k = 0; k < dim; k += 16) {
    Simd::Reg sum = Simd::load(rows[0] + k);
    for (std::size_t r = 1; r < count; ++r) sum = Simd::add(sum, Simd::load(rows[r] + k));
    Simd::store(out + k, Simd::mul(sum, f));
  }
}

inline void add_to_rows(float* const* rows, std::size_t count, const float* x, float factor,
                        std::size_t dim) {
  const Simd::Reg f = Simd::set(factor);
  for (std::size_t k = 0; k < dim; k += 16) {
    const Simd::Reg value = Simd::mul(Simd::load(x + k), f);
    for (std::size_t r = 0; r < count; ++r) {
      Simd::store(rows[r] + k, Simd::add(Simd::load(rows[r] + k), value));
    }
  }
}
