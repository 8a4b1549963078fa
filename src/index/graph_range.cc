// All rows of a graph index of at least some similarity: a walk that goes on to all that may be in
// range, once it has come there as searches for the nearest do.
#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_index.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// A hop costs 650 ns, a row that all are compared with 160 (384 dimensions).
constexpr std::size_t kRowsAHop = 4;
// A hop finds 4.6 nodes that are not too far, most of them again and again.
constexpr std::size_t kPlacesAHop = 8;

// Nodes out of range, one after another by their bytes, after which no more is looked for: the room
// that a search leaves behind its results (graph_index.cc).
std::size_t most_misses(std::size_t hits) { return std::max<std::size_t>(10, hits / 2); }

}  // namespace

// Of visited nodes those in range.
void GraphSearcher::check_range(std::span<const float> query, std::span<const Near> visited,
                                float min_similarity, std::vector<Neighbor>& out) {
  nearest_.assign(visited.begin(), visited.end());
  std::ranges::sort(nearest_);
  std::size_t hits = 0;
  std::size_t misses = 0;
  out.clear();
  for (const Near& near : nearest_) {
    const BlockTail& tail = index_.graph_.block(near.node).tail();
    index_.check_row(near.node, tail.row);
    const float similar = similarity(index_.metric(), index_.rows_.row(tail.row), query);
    if (!(similar >= min_similarity)) {
      if (++misses == most_misses(hits)) break;
      continue;
    }
    ++hits;
    misses = 0;
    out.push_back({tail.row, similar});
    for (const std::uint32_t row : copies_at(index_.parts_.copies, tail.copies)) {
      out.push_back({row, similar});
    }
  }
  std::ranges::sort(out, ranks_before);
}

std::vector<Neighbor> GraphSearcher::search_range(std::span<const float> query,
                                                  const RangeSearch& options) {
  SEMEME_CHECK(!std::isnan(options.min_similarity) && options.recall > 0);
  set(query);
  if (options.recall < 1) {
    const std::size_t most = index_.graph_.size / kRowsAHop;
    const WalkLimits limits = {
        .places = kPlacesAHop * most + 1,
        .visits = most,
        .slack = index_.recall().effort_for(options.recall, kSampledResults.front()).slack,
        .within = index_.space_.distance_of(options.min_similarity, query)};
    const std::span<const Near> visited = walk_.run(index_.graph_, query_, limits);
    if (visited.size() < most) {
      std::vector<Neighbor> found;
      check_range(query, visited, options.min_similarity, found);
      return found;
    }
  }
  index_.check_all();
  return FlatIndex(index_.rows_, index_.metric()).search_range(query, options.min_similarity);
}

}  // namespace sememe::index
