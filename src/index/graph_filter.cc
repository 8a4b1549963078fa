// Searches of a graph index among some of its rows: by a scan of their codes, or by a walk that
// collects those of them that it visits.
//
// A walk must visit effort / share nodes to meet `effort` that pass, as long as these are spread
// evenly around the query; a scan costs the same wherever they are. So the cheaper of the two is
// taken, and a walk that met too few is doubled for as long as that costs less than the scan: never
// more than three times the cost of the better one.
#include <algorithm>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// Codes that are scanned in the time of one hop of a walk (384 dimensions): 12 to 15 ns each where
// they are misses of all caches, 430 to 500 for a hop. Both are bound by memory, and grow alike
// with the dimensions.
constexpr std::size_t kCodesAHop = 40;

// Whether a scan of `passing` rows costs less than so many hops.
bool scan_is_cheaper(std::size_t passing, std::size_t hops) { return passing <= kCodesAHop * hops; }

// Those that a walk must visit to meet `effort` of `passing` of `size` rows.
std::size_t hops_for(std::size_t effort, std::size_t size, std::size_t passing) {
  return static_cast<std::size_t>(static_cast<double>(effort) * static_cast<double>(size) /
                                  static_cast<double>(passing));
}

bool passes(const BlockTail& tail, std::span<const std::uint32_t> copies, const RowSet& allowed) {
  return allowed.contains(tail.row) ||
         std::ranges::any_of(copies_at(copies, tail.copies),
                             [&](std::uint32_t row) { return allowed.contains(row); });
}

}  // namespace

std::span<const Near> GraphSearcher::scan_allowed(const GraphSearch& options) {
  options.allowed->list(scanned_);
  return scan_.run(
      {.graph = index_.graph_, .codes = index_.parts_.codes, .nodes = index_.node_of_row()}, query_,
      rotated_, scanned_, options.k);
}

// Nothing when a scan costs less.
std::span<const Near> GraphSearcher::walk_allowed(const GraphSearch& options) {
  const RowSet& allowed = *options.allowed;
  const std::size_t effort = std::max(options.effort, options.k);
  GraphSearch wider = options;
  wider.effort = hops_for(effort, index_.size(), allowed.count());
  for (; !scan_is_cheaper(allowed.count(), wider.effort); wider.effort *= 2) {
    passing_.clear();
    for (const Near& near : walk(wider, kNoNode)) {
      const BlockTail& tail = index_.graph_.block(near.node).tail();
      if (passes(tail, index_.parts_.copies, allowed)) passing_.push_back(near);
    }
    // Of many places in the queue half are taken twice, and chance makes it fewer still: a third of
    // the effort is met but for one search in 8 at a share of 0.1, and enough for the recall that
    // the effort has without a filter.
    if (3 * passing_.size() >= std::min(effort, allowed.count())) return passing_;
  }
  return {};
}

std::vector<Neighbor> GraphSearcher::search_allowed(std::span<const float> query,
                                                    const GraphSearch& options) {
  const RowSet& allowed = *options.allowed;
  SEMEME_CHECK(allowed.size() == index_.size());
  const auto exact = [&] {
    index_.check_all();
    return exact_among(index_.rows_, index_.metric(), query, allowed, options.k);
  };
  // As many as a scan would put in order by their rows.
  if (allowed.count() <= 2 * options.k) return exact();
  std::span<const Near> found = walk_allowed(options);
  if (found.empty()) found = scan_allowed(options);
  std::vector<Neighbor> nearest = exactly(query, found, options);
  return nearest.size() < options.k ? exact() : nearest;
}

}  // namespace sememe::index
