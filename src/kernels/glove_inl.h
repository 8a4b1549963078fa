// GloVe's steps of one tier; included inside a target region and the tier's namespace, after
// math_inl.h and lane_sums(regs), see word2vec_inl.h.

// Products of a row with four others.
SEMEME_ALWAYS_INLINE void four_products(const float* row, float* const* others, std::size_t dim,
                                        Simd::Reg* sums) {
  Simd::Reg s[4] = {Simd::zero(), Simd::zero(), Simd::zero(), Simd::zero()};
  for (std::size_t k = 0; k < dim; k += 16) {
    const Simd::Reg x = Simd::load(row + k);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) s[j] = Simd::fma(x, Simd::load(others[j] + k), s[j]);
  }
#pragma GCC unroll 4
  for (std::size_t j = 0; j < 4; ++j) sums[j] = s[j];
}

// Slopes of the losses with respect to the products, times the rate, to steps[16]; zero behind
// `count`. Returns the sum of the losses.
SEMEME_ALWAYS_INLINE float glove_slopes(const GloveSteps& b, const float* logs, std::size_t count,
                                        Simd::Reg products, float* steps) {
  const bool whole = count == kGloveGroup;
  const Simd::Reg log = whole ? Simd::load(logs) : Simd::load_first(logs, count);
  const Simd::Reg error = Simd::sub(products, log);
  const Simd::Reg above = Simd::min(Simd::sub(log, Simd::set(b.log_x_max)), Simd::zero());
  const Simd::Reg weight = exp2(Simd::mul(above, Simd::set(b.power * kLog2E)));
  Simd::Reg slope = Simd::mul(weight, error);
  if (!whole) slope = Simd::select_first(slope, Simd::zero(), count);
  Simd::store(steps, Simd::mul(slope, Simd::set(b.rate)));
  return 0.5F * Simd::sum(Simd::mul(slope, error));
}

// Moves a word and `count` contexts, all from their old values: sixteen positions at a time.
SEMEME_ALWAYS_INLINE void glove_move(float* word, float* const* contexts, const float* steps,
                                     std::size_t count, std::size_t dim) {
  const Simd::Reg one = Simd::set(1.0F);
  const Simd::Reg root2 = Simd::set(1.41421356F);
  const Simd::Reg most = Simd::set(0.5F);
  for (std::size_t k = 0; k < dim; k += 16) {
    const Simd::Reg w = Simd::load(word + k);
    const Simd::Reg w_part = Simd::mul(w, Simd::set(0.707106781F));
    Simd::Reg slope = Simd::zero();
    for (std::size_t j = 0; j < count; ++j) {
      float* context = contexts[j] + k;
      const Simd::Reg c = Simd::load(context);
      const Simd::Reg h = Simd::load(context + dim);
      const Simd::Reg s = Simd::set(steps[j]);
      slope = Simd::fma(s, c, slope);
      // g h / sqrt 2, whose square is what the rate falls by.
      const Simd::Reg part = Simd::mul(Simd::mul(s, w_part), h);
      const Simd::Reg fall = Simd::min(Simd::mul(part, part), most);
      Simd::store(context, Simd::fnma(root2, part, c));
      Simd::store(context + dim, Simd::fnma(h, fall, h));
    }
    const Simd::Reg h = Simd::load(word + dim + k);
    const Simd::Reg step = Simd::mul(slope, h);
    const Simd::Reg next = Simd::div(h, Simd::sqrt(Simd::fma(step, step, one)));
    Simd::store(word + k, Simd::fnma(slope, next, w));
    Simd::store(word + dim + k, next);
  }
}

inline double glove(const GloveSteps& b) {
  double loss = 0;
  for (std::size_t i = 0; i < b.count;) {
    const std::uint32_t number = b.pairs[i] >> 16;
    float* contexts[kGloveGroup];
    std::size_t count = 0;
    while (count < kGloveGroup && i + count < b.count && b.pairs[i + count] >> 16 == number) {
      contexts[count] = b.contexts + (b.pairs[i + count] & 0xFFFF) * 2 * b.dim;
      ++count;
    }
    float* word = b.words + number * 2 * b.dim;
    Simd::Reg sums[kGloveGroup];
    for (std::size_t j = count; j % 4 != 0; ++j) contexts[j] = contexts[0];  // never moved
    for (std::size_t j = 0; j < kGloveGroup; j += 4) {
      if (j < count) {
        four_products(word, contexts + j, b.dim, sums + j);
      } else {
        sums[j] = sums[j + 1] = sums[j + 2] = sums[j + 3] = Simd::zero();
      }
    }
    alignas(64) float steps[kGloveGroup];
    loss += double{glove_slopes(b, b.logs + i, count, lane_sums(sums), steps)};
    glove_move(word, contexts, steps, count, b.dim);
    i += count;
  }
  return loss;
}
