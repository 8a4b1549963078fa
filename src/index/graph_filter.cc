// Searches of a graph index among some of its rows: by a scan of their codes, or by a walk that
// collects those of them that it visits.
//
// A walk must visit effort / share nodes to meet `effort` that pass, as long as these are spread
// evenly around the query; a scan costs the same wherever they are. So the cheaper of the two is
// taken, and a walk that has cost as much as a scan would is given up for it: never more than twice
// the cost of the better one.
#include <algorithm>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// Codes that are scanned in the time of one hop of a walk (384 dimensions): 12 to 15 ns each where
// they are misses of all caches, 430 to 500 for a hop (Emerald Rapids), 10 and 560 (Zen 4). Both
// are bound by memory, and grow alike with the dimensions.
constexpr std::size_t kCodesAHop = 48;

}  // namespace

std::span<const Near> GraphSearcher::scan_allowed(const GraphSearch& options) {
  options.allowed->list(scanned_);
  return scan_.run(
      {.graph = index_.graph_, .codes = index_.parts_.codes, .nodes = index_.node_of_row()}, query_,
      rotated_, scanned_, options.k);
}

// Nothing when a scan costs less, or does once so many hops were made in vain.
std::span<const Near> GraphSearcher::walk_allowed(const GraphSearch& options) {
  const RowSet& allowed = *options.allowed;
  const double share = static_cast<double>(allowed.count()) / static_cast<double>(index_.size());
  const std::size_t effort = std::max(options.effort.visits, options.k);
  const auto hops = static_cast<std::size_t>(static_cast<double>(effort) / share);
  const std::size_t most = allowed.count() / kCodesAHop;
  if (hops >= most) return {};
  WalkLimits limits = limits_of(options, share);
  limits.visits = std::min(limits.visits, most);
  const std::span<const Near> found =
      walk_.run(index_.graph_, query_, limits, {&allowed, index_.parts_.copies});
  // Without slack half of the places in the queue are taken twice, and chance makes those that pass
  // fewer still: a third of the effort is met but for one search in 8 at a share of 0.1, and enough
  // for the recall that the effort has without a filter.
  const bool enough = limits.slack < kAnyDistance
                          ? walk_.visits() < limits.visits && found.size() >= options.k
                          : 3 * found.size() >= std::min(effort, allowed.count());
  return enough ? found : std::span<const Near>();
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
