// Searches of a graph index among some of its rows.
#include <algorithm>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// Rows are compared one by one when fewer than one of this many may be returned.
constexpr std::size_t kScanShare = 20;

bool passes(const BlockTail& tail, std::span<const std::uint32_t> copies, const RowSet& allowed) {
  return allowed.contains(tail.row) ||
         std::ranges::any_of(copies_at(copies, tail.copies),
                             [&](std::uint32_t row) { return allowed.contains(row); });
}

}  // namespace

std::vector<Neighbor> GraphSearcher::search_allowed(std::span<const float> query,
                                                    const GraphSearch& options) {
  const RowSet& allowed = *options.allowed;
  SEMEME_CHECK(allowed.size() == index_.size());
  const auto scan = [&] {
    return exact_among(index_.rows_, index_.metric(), query, allowed, options.k);
  };
  if (allowed.count() * kScanShare < index_.size()) return scan();
  const std::size_t effort = std::max(options.effort, options.k);
  GraphSearch wider = options;
  wider.effort = effort * index_.size() / allowed.count();
  std::vector<Near> passing;
  for (const Near& near : walk(wider, kNoNode)) {
    const BlockTail& tail = index_.graph_.block(near.node).tail();
    if (passes(tail, index_.parts_.copies, allowed)) passing.push_back(near);
  }
  // Rows that are elsewhere than the query.
  if (passing.size() < effort / 2) return scan();
  std::vector<Neighbor> nearest = exactly(query, passing, options);
  return nearest.size() < std::min(options.k, allowed.count()) ? scan() : nearest;
}

}  // namespace sememe::index
