// The functions of one instruction tier behind edges.h. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_EDGES_TABLE_H_
#define SEMEME_KERNELS_EDGES_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/edges.h"

namespace sememe::kernels {

struct EdgeBlock {
  const float* p;
  const float* x;
  std::size_t dims;
  std::uint8_t* codes;  ///< byte of the edge in the first group of its block
  unsigned shift;       ///< 0 or 4: which half of the bytes
};

struct EstimateBlock {
  const std::uint32_t* sums;  ///< [kEdges]
  const EdgeFactors* factors;
  float scale;
  float offset;
  float base;
  float bound;
  float* estimates;
};

struct EdgesTable {
  EdgeSums (*encode)(const EdgeBlock& block);
  std::uint32_t (*estimate)(const EstimateBlock& block);
  std::size_t (*merge)(const SortedPlaces& places, const SortedEntries& entries);
};

/// The tiers without a better one: a search from the end for each entry, then two moves.
std::size_t merge_by_moving(const SortedPlaces& places, const SortedEntries& entries);

extern const EdgesTable kScalarEdges;
#if defined(__x86_64__)
extern const EdgesTable kAvx2Edges;
extern const EdgesTable kAvx512Edges;
#elif defined(__aarch64__)
extern const EdgesTable kNeonEdges;
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_EDGES_TABLE_H_
