// All rows of a graph index of at least some similarity: a search for the nearest, and from those
// in range a spread to all that may be, in no order.
#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_index.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// A node costs 500 ns, a row that all are compared with 65 (384 dimensions).
constexpr std::size_t kRowsANode = 8;

// Nodes out of range, one after another by their bytes, after which no more is looked for: the room
// that a search leaves behind its results (graph_index.cc).
std::size_t most_misses(std::size_t hits) { return std::max<std::size_t>(10, hits / 2); }

}  // namespace

// The rows in range of visited nodes.
std::vector<Neighbor> GraphSearcher::check_range(std::span<const float> query,
                                                 std::span<const Near> visited,
                                                 float min_similarity) {
  nearest_.assign(visited.begin(), visited.end());
  std::ranges::sort(nearest_);
  std::size_t hits = 0;
  std::size_t misses = 0;
  std::vector<Neighbor> out;
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
  return out;
}

std::vector<Neighbor> GraphSearcher::search_range(std::span<const float> query,
                                                  const RangeSearch& options) {
  SEMEME_CHECK(!std::isnan(options.min_similarity) && options.recall > 0);
  set(query);
  const std::size_t most = index_.graph_.size / kRowsANode;
  if (options.recall < 1 && most > 0) {
    const float distance = index_.space_.distance_of(options.min_similarity, query);
    const auto effort_for = [&](std::size_t results) {
      return index_.recall().effort_for(options.recall, results);
    };
    const std::size_t few = kSampledResults.front();
    std::span<const Near> visited = walk({.k = few, .effort = effort_for(few)}, kNoNode);
    const auto in_range = static_cast<std::size_t>(std::ranges::count_if(
        visited, [&](const Near& near) { return near.distance <= distance; }));
    // More in range need less slack.
    const float slack = effort_for(std::max(few, in_range)).slack;
    if (in_range > 0) {
      visited = walk_.spread(index_.graph_, query_, with_slack(distance, slack, query_), most);
    }
    if (walk_.visits() < most) return check_range(query, visited, options.min_similarity);
  }
  index_.check_all();
  return FlatIndex(index_.rows_, index_.metric()).search_range(query, options.min_similarity);
}

}  // namespace sememe::index
