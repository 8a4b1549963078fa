// Searches of a graph index among some of its rows: by a scan of their codes, or by a walk that
// collects those of them that it visits.
//
// A walk must visit effort / share nodes to meet `effort` that pass, as long as these are spread
// evenly around the query; a scan costs the same wherever they are. So the cheaper of the two is
// taken, and a walk that met too few goes over to the scan: never more than twice the cost of the
// better one.
#include <algorithm>

#include "base/error_context.h"
#include "index/equal_rows.h"
#include "index/flat_scan.h"
#include "index/graph_index.h"

namespace sememe::index {
namespace {

// Codes that are scanned in the time of one hop of a walk: 10 ns each, 650 for a hop (384
// dimensions, 250,000 nodes). Both are bound by memory, and grow alike with the dimensions.
constexpr std::size_t kCodesAHop = 65;

// Whether a scan of `passing` of `size` rows costs less than visiting effort * size / passing
// nodes.
bool scan_is_cheaper(std::size_t passing, std::size_t size, std::size_t effort) {
  const double hops =
      static_cast<double>(effort) * static_cast<double>(size) / static_cast<double>(passing);
  return static_cast<double>(passing) <= static_cast<double>(kCodesAHop) * hops;
}

bool passes(const BlockTail& tail, std::span<const std::uint32_t> copies, const RowSet& allowed) {
  return allowed.contains(tail.row) ||
         std::ranges::any_of(copies_at(copies, tail.copies),
                             [&](std::uint32_t row) { return allowed.contains(row); });
}

}  // namespace

// The nodes of a set of rows, each once.
void GraphSearcher::list_nodes(const RowSet& allowed) {
  const std::span<const Node> node_of_row = index_.node_of_row();
  allowed.list(nodes_);
  if (node_of_row.empty()) return;
  const bool copies = index_.has_copies();
  if (copies) listed_.clear();
  std::size_t count = 0;
  for (const std::uint32_t row : nodes_) {
    const Node p = node_of_row[row];
    nodes_[count] = p;
    bool is_new = p != kNoNode;
    if (copies && is_new) {
      is_new = !listed_.contains(p);
      listed_.insert(p);
    }
    count += is_new ? 1U : 0U;
  }
  nodes_.resize(count);
}

std::span<const Near> GraphSearcher::scan_allowed(const GraphSearch& options) {
  // Many searches among the same rows follow each other, and listing takes as long as the scan. To
  // compare a set of a million takes 5 us.
  if (listed_set_ != *options.allowed) {
    listed_set_ = {};  // should listing fail
    list_nodes(*options.allowed);
    listed_set_ = *options.allowed;
  }
  return scan_.run(index_.graph_, index_.parts_.codes, query_, rotated_, nodes_, options.k);
}

// Nothing when it met too few: they are elsewhere.
std::span<const Near> GraphSearcher::walk_allowed(const GraphSearch& options) {
  const RowSet& allowed = *options.allowed;
  const std::size_t effort = std::max(options.effort, options.k);
  GraphSearch wider = options;
  wider.effort = effort * index_.size() / allowed.count();
  passing_.clear();
  const std::span<const Near> visited = walk(wider, kNoNode);
  for (const Near& near : visited) {
    const BlockTail& tail = index_.graph_.block(near.node).tail();
    if (passes(tail, index_.parts_.copies, allowed)) passing_.push_back(near);
  }
  // Chance alone makes it a third fewer than their share once in 40 searches of effort 45, which
  // visit 60 nodes when half of all pass.
  const bool elsewhere = 3 * passing_.size() * index_.size() < 2 * visited.size() * allowed.count();
  return elsewhere ? std::span<const Near>() : passing_;
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
  std::span<const Near> found;
  const std::size_t effort = std::max(options.effort, options.k);
  if (!scan_is_cheaper(allowed.count(), index_.size(), effort)) found = walk_allowed(options);
  if (found.empty()) found = scan_allowed(options);
  std::vector<Neighbor> nearest = exactly(query, found, options);
  return nearest.size() < options.k ? exact() : nearest;
}

}  // namespace sememe::index
