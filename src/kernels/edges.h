// What a best-first walk of a graph does at one node: estimated distances of a query to the node's
// neighbours, whose codes lie beside it, and a queue of the nearest nodes so far.
//
// A neighbour x of a node p is kept as the one-bit code of x - p (vectors/bit_codes.h), after a
// rotation that the query q has had too (Gou et al. 2025, "SymphonyQG: Towards Symphonious
// Integration of Quantization and Graph for Approximate Nearest Neighbor Search", SIGMOD). With y
// the vector of +-1/2 of its bits and g = |x - p|^2 / y.(x - p),
//
//   |q - x|^2 = |q - p|^2 + |x - p|^2 - 2 (x - p).(q - p)
//             about base + addend - factor (y.q),
//   base = |q - p|^2,  addend = |x - p|^2 + 2 g y.p,  factor = 2 g.
//
// Every function gives the same bits on every tier.
#ifndef SEMEME_KERNELS_EDGES_H_
#define SEMEME_KERNELS_EDGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "kernels/bit_sums.h"

namespace sememe::kernels {

/// Neighbours of a node whose codes are one block of bit_sums.h.
inline constexpr std::size_t kEdges = kBitBlockRows;

/// Of the difference r = x - p of two vectors.
struct EdgeSums {
  float square;      ///< |r|^2
  float magnitude;   ///< sum of |r[d]|: twice y.r
  float signed_sum;  ///< sum of p[d] where r[d] > 0, less the sum of the others: twice y.p
};

/// Measures the edge from p [dims] to x [dims] and puts its code into row `row` of `block`, a block
/// of zeros there (bit_sums.h). dims: a multiple of 64, below (SEMEME_CHECKed).
EdgeSums encode_edge(std::span<const float> p, std::span<const float> x, std::size_t row,
                     std::span<std::uint8_t> block, Isa isa = active_isa());

/// The numbers of 32 edges beside their codes, rounded to bf16: they reach over any range, and 8
/// bits of them are a tenth of what the codes are off.
struct EdgeFactors {
  std::array<std::uint16_t, kEdges> addend;
  std::array<std::uint16_t, kEdges> factor;
};

/// To the nearest, halves to even; infinity for what is larger than any bf16.
std::uint16_t to_bf16(float value);

/// A query as edges see it: y.q is about offset + scale * bit_sums(codes, table).
struct EdgeQuery {
  std::span<const std::uint8_t> table;  ///< of make_bit_table
  float scale = 0;
  float offset = 0;  ///< that of the table, less half of the query's sum
};

/// estimates[j] = base + addend[j] - factor[j] (offset + scale sum[j]). Bit j of the result says
/// estimates[j] < bound; a NaN is not.
std::uint32_t estimate_edges(std::span<const std::uint8_t> codes, const EdgeFactors& factors,
                             const EdgeQuery& query, float base, float bound,
                             std::span<float, kEdges> estimates, Isa isa = active_isa());

/// What one node adds to a queue: up to kEdges distances in ascending order, each with an id.
class SortedEntries {
 public:
  /// Behind those that are less far. Fewer than kEdges are in it.
  void put(float distance, std::uint32_t id) {
    std::size_t at = count_++;
    for (; at > 0 && !(distances_[at - 1] < distance); --at) {
      distances_[at] = distances_[at - 1];
      ids_[at] = ids_[at - 1];
    }
    distances_[at] = distance;
    ids_[at] = id;
  }
  std::size_t size() const { return count_; }
  const float* distances() const { return distances_.data(); }
  const std::uint32_t* ids() const { return ids_.data(); }

 private:
  std::size_t count_ = 0;
  std::array<float, kEdges> distances_;
  std::array<std::uint32_t, kEdges> ids_;
};

/// Distances in ascending order, each with an id: the arrays of a queue. Both hold a multiple of
/// sixteen places, with one more before them and kEdges behind them that are never read as places.
/// Places without an entry have an infinite distance.
struct SortedPlaces {
  float* distances;
  std::uint32_t* ids;
  std::size_t count;
};

/// The places of a queue that has so many entries.
constexpr std::size_t whole_places(std::size_t entries) { return (entries + 15) / 16 * 16; }

/// Puts each entry behind the places that are less far; what is then behind the last place falls
/// out. Returns the place of the first entry, or the number of places for none. Cost: one pass over
/// the places behind it, sixteen at a time with AVX-512.
std::size_t merge_sorted(const SortedPlaces& places, const SortedEntries& entries,
                         Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_EDGES_H_
