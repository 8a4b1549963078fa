#include "kernels/edges.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "kernels/edges_table.h"
#include "kernels/simd_scalar.h"

namespace sememe::kernels {
namespace {

const EdgesTable& edges_table(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return kAvx512Edges;
  if (isa >= Isa::kAvx2) return kAvx2Edges;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return kNeonEdges;
#endif
  static_cast<void>(isa);
  return kScalarEdges;
}

// The scalar tier: plain loops, with the other tiers' sums of sixteen lanes.

EdgeSums encode(const EdgeBlock& e) {
  scalar::Simd::Reg square = scalar::Simd::zero();
  scalar::Simd::Reg magnitude = scalar::Simd::zero();
  scalar::Simd::Reg signed_sum = scalar::Simd::zero();
  for (std::size_t d = 0; d < e.dims; ++d) {
    const float r = e.x[d] - e.p[d];
    const std::size_t lane = d % 16;
    square.lane[lane] = std::fma(r, r, square.lane[lane]);
    magnitude.lane[lane] += std::abs(r);
    signed_sum.lane[lane] += r > 0 ? e.p[d] : -e.p[d];
    std::uint8_t& code = e.codes[d / 4 * 16];
    if (r > 0) code = static_cast<std::uint8_t>(code | 1U << (d % 4 + e.shift));
  }
  return {scalar::Simd::sum(square), scalar::Simd::sum(magnitude), scalar::Simd::sum(signed_sum)};
}

float of_bf16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

std::uint32_t estimate(const EstimateBlock& e) {
  std::uint32_t below = 0;
  for (std::size_t j = 0; j < kEdges; ++j) {
    const float product = std::fma(static_cast<float>(e.sums[j]), e.scale, e.offset);
    const float addend = e.base + of_bf16(e.factors->addend[j]);
    e.estimates[j] = std::fma(-of_bf16(e.factors->factor[j]), product, addend);
    below |= static_cast<std::uint32_t>(e.estimates[j] < e.bound) << j;
  }
  return below;
}

}  // namespace

std::size_t merge_by_moving(const SortedPlaces& places, const SortedEntries& entries) {
  float* const distances = places.distances;
  std::size_t end = places.count;
  for (std::size_t left = entries.size(); left > 0; --left) {
    const float distance = entries.distances()[left - 1];
    std::size_t at = end;
    while (at > 0 && !(distances[at - 1] < distance)) --at;
    // So many entries come to lie before these places.
    std::memmove(distances + at + left, distances + at, (end - at) * sizeof(float));
    std::memmove(places.ids + at + left, places.ids + at, (end - at) * sizeof(std::uint32_t));
    distances[at + left - 1] = distance;
    places.ids[at + left - 1] = entries.ids()[left - 1];
    end = at;
  }
  return end;
}

const EdgesTable kScalarEdges = {.encode = encode, .estimate = estimate, .merge = merge_by_moving};

EdgeSums encode_edge(std::span<const float> p, std::span<const float> x, std::size_t row,
                     std::span<std::uint8_t> block, Isa isa) {
  SEMEME_CHECK(p.size() == x.size() && p.size() % kBitMultiple == 0 && row < kEdges);
  SEMEME_CHECK(block.size() == bit_block_bytes(p.size()));
  return edges_table(isa).encode({.p = p.data(),
                                  .x = x.data(),
                                  .dims = p.size(),
                                  .codes = block.data() + row % 16,
                                  .shift = row < 16 ? 0U : 4U});
}

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

std::uint32_t estimate_edges(std::span<const std::uint8_t> codes, const EdgeFactors& factors,
                             const EdgeQuery& query, float base, float bound,
                             std::span<float, kEdges> estimates, Isa isa) {
  alignas(64) std::array<std::uint32_t, kEdges> sums;
  bit_sums(codes, query.table, sums, isa);
  return edges_table(isa).estimate({.sums = sums.data(),
                                    .factors = &factors,
                                    .scale = query.scale,
                                    .offset = query.offset,
                                    .base = base,
                                    .bound = bound,
                                    .estimates = estimates.data()});
}

std::size_t merge_sorted(const SortedPlaces& places, const SortedEntries& entries, Isa isa) {
  return edges_table(isa).merge(places, entries);
}

}  // namespace sememe::kernels
