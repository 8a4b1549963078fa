// What a graph finds at which effort: measured on its own rows, so that a search can ask for
// recall.
#ifndef SEMEME_INDEX_RECALL_CURVE_H_
#define SEMEME_INDEX_RECALL_CURVE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/graph_walk.h"

namespace sememe::index {

/// How far a search looks.
struct Effort {
  /// Nodes that it visits, on an average over queries like the rows. Without slack the length of
  /// its queue, in which a node that several others lead to takes several places; then at least k.
  std::size_t visits = 64;
  /// It goes on to nodes that are at most 1 + slack times as far as the k-th found so far (squared
  /// distances), and visits eight times `visits` at most.
  float slack = kAnyDistance;

  friend bool operator==(const Effort&, const Effort&) = default;
};

struct RecallAtEffort {
  std::uint32_t visits = 0;  ///< mean
  float slack = 0;
  float recall = 0;  ///< share of the exact k nearest that were found, less its standard error
  friend bool operator==(const RecallAtEffort&, const RecallAtEffort&) = default;
};

/// Results that recall is sampled for.
inline constexpr std::array<std::size_t, 3> kSampledResults = {10, 30, 100};

/// Sampled recall at rising efforts, for each of kSampledResults; empty for an index of no use for
/// it (fewer rows than results).
struct RecallCurves {
  std::array<std::vector<RecallAtEffort>, kSampledResults.size()> curves;

  /// The effort at which k results had this recall, between the sampled ones by interpolation; the
  /// last sampled effort where recall stayed below. recall: below 1. Fewer than 10 results need no
  /// more than 10 do, more than 100 visits in proportion; in between visits are a power of their
  /// number.
  Effort effort_for(double recall, std::size_t k) const;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_RECALL_CURVE_H_
