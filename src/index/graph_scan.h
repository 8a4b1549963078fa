// The nearest of some nodes of a graph without a walk: by one-bit codes, and what may be among the
// nearest by bytes.
#ifndef SEMEME_INDEX_GRAPH_SCAN_H_
#define SEMEME_INDEX_GRAPH_SCAN_H_

#include <cstddef>
#include <span>
#include <vector>

#include "index/graph_codes.h"
#include "index/graph_walk.h"

namespace sememe::index {

/// One thread's memory for scans.
class GraphScan {
 public:
  /// Of different nodes, those that may be among the k nearest, k at least, with
  /// their distances by bytes, in no order. rotated: what query was set to. Valid until the next
  /// call. Cost: a code of a line or two for each node; the bytes of those that it gives.
  std::span<const Near> run(const GraphView& graph, const NodeCodesView& codes,
                            const GraphQuery& query, std::span<const float> rotated,
                            std::span<const Node> nodes, std::size_t k);

 private:
  void measure(const GraphView& graph, const GraphQuery& query);

  std::vector<float> lowest_;  // distances of nodes that may be
  std::vector<Near> found_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_SCAN_H_
