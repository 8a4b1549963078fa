// Steps on pairs of word vectors, of one tier; included inside a target region and the tier's
// namespace, after math_inl.h and a function of its own: lane_sums(regs), whose lane i is the sum
// of regs[i], sixteen of them, as Simd::sum has it. kInputsAtOnce<J>: rows of inputs whose products
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

// Moves inputs and outputs by steps [C][kOutputs], all from their old values. Sixteen positions at
// a time: the outputs stay in registers while the inputs pass.
template <std::size_t kOutputs>
SEMEME_ALWAYS_INLINE void move_pairs(const SkipGramBlock& b, const float* steps) {
  for (std::size_t k = 0; k < b.dim; k += 16) {
    Simd::Reg old[kOutputs];
    Simd::Reg moved[kOutputs];
#pragma GCC unroll 8
    for (std::size_t j = 0; j < kOutputs; ++j) moved[j] = old[j] = Simd::load(b.outputs[j] + k);
    for (std::size_t c = 0; c < b.input_count; ++c) {
      const Simd::Reg x = Simd::load(b.inputs[c] + k);
      // Two chains halve the latency.
      Simd::Reg chains[2] = {x, Simd::zero()};
      const float* step = steps + c * kOutputs;
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

template <std::size_t kOutputs>
inline void skip_gram_block(const SkipGramBlock& b) {
  constexpr std::size_t kInputs = kInputsAtOnce<kOutputs>;
  float labels[16];
  for (std::size_t i = 0; i < 16; ++i) labels[i] = b.labels[i % kOutputs];
  const Simd::Reg label = Simd::load(labels);
  const Simd::Reg rate = Simd::set(b.rate);
  alignas(64) float steps[kStepInputs * kOutputs + 16];
  std::size_t c = 0;
  for (; c + kInputs <= b.input_count; c += kInputs) {
    const Simd::Reg products = products_of<kInputs, kOutputs>(b.inputs + c, b.outputs, b.dim);
    Simd::store(steps + c * kOutputs, pair_steps(products, label, rate));
  }
  for (; c < b.input_count; ++c) {
    const Simd::Reg products = products_of<1, kOutputs>(b.inputs + c, b.outputs, b.dim);
    Simd::store(steps + c * kOutputs, pair_steps(products, label, rate));
  }
  move_pairs<kOutputs>(b, steps);
}

inline void skip_gram(const SkipGramBlock& b) {
  switch (b.output_count) {
    case 1:
      return skip_gram_block<1>(b);
    case 2:
      return skip_gram_block<2>(b);
    case 3:
      return skip_gram_block<3>(b);
    case 4:
      return skip_gram_block<4>(b);
    case 5:
      return skip_gram_block<5>(b);
    case 6:
      return skip_gram_block<6>(b);
    case 7:
      return skip_gram_block<7>(b);
    default:
      return skip_gram_block<8>(b);
  }
}

template <std::size_t kOutputs>
inline void shared_input_block(const SharedInputBlock& b) {
  float labels[16] = {};
  for (std::size_t j = 0; j < kOutputs; ++j) labels[j] = b.labels[j];
  float* const input[1] = {b.input};
  const Simd::Reg products = products_of<1, kOutputs>(input, b.outputs, b.dim);
  alignas(64) float steps[16];
  Simd::store(steps, pair_steps(products, Simd::load(labels), Simd::set(b.rate)));
  for (std::size_t k = 0; k < b.dim; k += 16) {
    const Simd::Reg x = Simd::load(b.input + k);
    Simd::Reg chains[2] = {Simd::zero(), Simd::zero()};
#pragma GCC unroll 8
    for (std::size_t j = 0; j < kOutputs; ++j) {
      const Simd::Reg g = Simd::set(steps[j]);
      const Simd::Reg o = Simd::load(b.outputs[j] + k);
      chains[j % 2] = Simd::fma(g, o, chains[j % 2]);
      Simd::store(b.outputs[j] + k, Simd::fma(g, x, o));
    }
    const Simd::Reg moved = Simd::add(chains[0], chains[1]);
    Simd::store(b.input + k, Simd::add(x, moved));
    Simd::store(b.moved + k, Simd::add(Simd::load(b.moved + k), moved));
  }
}

inline void shared_input(const SharedInputBlock& b) {
  switch (b.output_count) {
    case 1:
      return shared_input_block<1>(b);
    case 2:
      return shared_input_block<2>(b);
    case 3:
      return shared_input_block<3>(b);
    case 4:
      return shared_input_block<4>(b);
    case 5:
      return shared_input_block<5>(b);
    case 6:
      return shared_input_block<6>(b);
    case 7:
      return shared_input_block<7>(b);
    default:
      return shared_input_block<8>(b);
  }
}

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
