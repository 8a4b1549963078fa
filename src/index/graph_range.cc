// All rows of a graph index of at least some similarity: a search for as many as there turn out to
// be.
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

// Nodes out of range, one after another by their bytes, after which no more is looked for: the room
// that a search leaves behind its results (graph_index.cc).
std::size_t most_misses(std::size_t hits) { return std::max<std::size_t>(10, hits / 2); }

// What was not found counts too.
std::size_t there(std::size_t hits, double recall) {
  return static_cast<std::size_t>(std::ceil(static_cast<double>(hits) / recall));
}

}  // namespace

// Of visited nodes those in range. Returns their number.
std::size_t GraphSearcher::check_range(std::span<const float> query, std::span<const Near> visited,
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
  return hits;
}

std::vector<Neighbor> GraphSearcher::search_range(std::span<const float> query,
                                                  const RangeSearch& options) {
  SEMEME_CHECK(!std::isnan(options.min_similarity) && options.recall > 0);
  set(query);
  std::vector<Neighbor> found;
  std::size_t effort = 0;
  std::size_t wanted = 1;
  std::size_t visited = 0;
  while (options.recall < 1) {
    // A third of what a walk visits is to lie beyond: where hundreds are in range the sampled
    // effort alone found 0.87 when asked for 0.95, many of its places taken by copies.
    const std::size_t needed = index_.recall().effort_for(options.recall, wanted);
    if (needed <= effort && 2 * visited >= 3 * wanted) return found;
    effort = std::max(needed, 2 * effort);
    if (kRowsAHop * effort >= index_.graph_.size) break;
    const std::span<const Near> walked = walk_.run(index_.graph_, query_, effort);
    visited = walked.size();
    wanted = std::max<std::size_t>(
        1, there(check_range(query, walked, options.min_similarity, found), options.recall));
  }
  index_.check_all();
  return FlatIndex(index_.rows_, index_.metric()).search_range(query, options.min_similarity);
}

}  // namespace sememe::index
