// Edges in lanes of sixteen; included inside a target region and the tier's namespace, after its
// EdgeLanes:
//   positive(x)           bit i: lane i is above 0
//   with_sign_of(p, r)    p where r is above 0, -p elsewhere
//   widen(from)           sixteen bf16
//   below(x, bound)       bit i: lane i is less

inline EdgeSums encode_edge(const EdgeBlock& e) {
  Simd::Reg square = Simd::zero();
  Simd::Reg magnitude = Simd::zero();
  Simd::Reg signed_sum = Simd::zero();
  std::uint8_t* code = e.codes;
  for (std::size_t d = 0; d < e.dims; d += 16) {
    const Simd::Reg p = Simd::load(e.p + d);
    const Simd::Reg r = Simd::sub(Simd::load(e.x + d), p);
    square = Simd::fma(r, r, square);
    magnitude = Simd::add(magnitude, Simd::max(r, Simd::sub(Simd::zero(), r)));
    signed_sum = Simd::add(signed_sum, EdgeLanes::with_sign_of(p, r));
    const unsigned bits = EdgeLanes::positive(r);
#pragma GCC unroll 4
    for (unsigned g = 0; g < 4; ++g, code += 16) {
      *code = static_cast<std::uint8_t>(*code | (((bits >> (4 * g)) & 15U) << e.shift));
    }
  }
  return {Simd::sum(square), Simd::sum(magnitude), Simd::sum(signed_sum)};
}

inline std::uint32_t estimate_edges(const EstimateBlock& e) {
  const Simd::Reg base = Simd::set(e.base);
  std::uint32_t below = 0;
#pragma GCC unroll 2
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t first = 16 * half;
    const Simd::Reg sum =
        Simd::to_float(Simd::load_int(reinterpret_cast<const std::int32_t*>(e.sums + first)));
    const Simd::Reg product = Simd::fma(sum, Simd::set(e.scale), Simd::set(e.offset));
    const Simd::Reg addend = Simd::add(base, EdgeLanes::widen(&e.factors->addend[first]));
    const Simd::Reg estimate =
        Simd::fnma(EdgeLanes::widen(&e.factors->factor[first]), product, addend);
    Simd::store(e.estimates + first, estimate);
    below |= EdgeLanes::below(estimate, e.bound) << first;
  }
  return below;
}
