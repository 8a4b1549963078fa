#include "index/graph_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "index/best_rows.h"
#include "kernels/above.h"
#include "kernels/bit_rows.h"
#include "kernels/target.h"

namespace sememe::index {
namespace {

// Nodes whose bytes are asked for ahead of their use: of 7 lines each.
constexpr std::size_t kAhead = 12;
// Deviations of its estimate that a row may be nearer than estimated: of the ten nearest of 1 % of
// 250,000 and 500,000 rows, 1 finds 0.972 and 0.967, 1.5 finds 0.993 and 0.990, 2 finds 0.998 and
// 0.997, for 5 % more time; 97 to 119 rows are then measured by bytes.
constexpr float kDeviations = 2;

float squared_distance_of(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}

}  // namespace

void GraphScan::put(const ScannedGraph& scanned, std::uint32_t row) {
  if (scanned.nodes[row] != kNoNode) found_.push_back({0, scanned.nodes[row]});
}

std::span<const Near> GraphScan::run(const ScannedGraph& scanned, const GraphQuery& query,
                                     std::span<const float> rotated,
                                     std::span<const std::uint32_t> rows, std::size_t k) {
  const float base = squared_distance_of(rotated, scanned.codes.centre);
  const float doubt = kDeviations * kCodeDeviation * std::sqrt(base);
  closeness_.resize(rows.size());
  kernels::estimate_bit_rows(
      {.code = query.code(), .scale = query.scale().scale, .offset = doubt - 0.5F * query.sum()},
      {.data = scanned.codes.codes.data(), .stride = CodeLayout{scanned.graph.layout.dims}.bytes()},
      rows, closeness_);
  BestRows best(2 * k);
  best.offer_all(0, closeness_, nullptr);
  found_.clear();
  float least = std::numeric_limits<float>::infinity();
  for (const Neighbor& n : best.take_by_row()) {
    put(scanned, rows[n.row]);
    least = std::min(least, n.similarity);
  }
  if (found_.size() < k) return {};
  measure(scanned.graph, query);
  std::ranges::nth_element(found_, found_.begin() + static_cast<std::ptrdiff_t>(k - 1));
  least = std::min(least, base - found_[k - 1].distance);
  found_.clear();
  // As near or nearer: above the number below.
  const float below = std::nextafter(least, -std::numeric_limits<float>::infinity());
  const std::span<const float> all = closeness_;
  for (std::size_t i = 0; (i += kernels::first_above(all.subspan(i), below)) < rows.size(); ++i) {
    put(scanned, rows[i]);
  }
  measure(scanned.graph, query);
  // Equal rows share a node.
  std::ranges::sort(found_);
  found_.erase(std::ranges::unique(found_).begin(), found_.end());
  return found_;
}

void GraphScan::measure(const GraphView& graph, const GraphQuery& query) {
  const std::size_t bytes = graph.layout.dims + sizeof(BlockTail);
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (i + kAhead < found_.size()) {
      kernels::prefetch_lines(graph.at(found_[i + kAhead].node) + graph.layout.code(), bytes);
    }
    found_[i].distance = distance_to(graph.block(found_[i].node), query);
  }
}

}  // namespace sememe::index
