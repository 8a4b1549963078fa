// The nearest of some rows of a graph without a walk: by one-bit codes, and what may be among the
// nearest by bytes.
#ifndef SEMEME_INDEX_GRAPH_SCAN_H_
#define SEMEME_INDEX_GRAPH_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/graph_codes.h"
#include "index/graph_walk.h"

namespace sememe::index {

/// What a scan reads.
struct ScannedGraph {
  const GraphView& graph;
  const RowCodesView& codes;
  std::span<const Node> nodes;  ///< of all rows; those of kNoNode are passed over
};

/// One thread's memory for scans.
class GraphScan {
 public:
  /// Nodes that may be those of the k nearest of more than 2 k different rows, each node once, with
  /// their distances by bytes, in no order; none where too few rows have a node. rotated: what
  /// query was set to. Valid until the next call. Cost: a code of a line or two for each row; the
  /// bytes of some hundred nodes.
  std::span<const Near> run(const ScannedGraph& scanned, const GraphQuery& query,
                            std::span<const float> rotated, std::span<const std::uint32_t> rows,
                            std::size_t k);

 private:
  void put(const ScannedGraph& scanned, std::uint32_t row);
  void measure(const GraphView& graph, const GraphQuery& query);

  std::vector<float> closeness_;  // of each row at best
  std::vector<Near> found_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_SCAN_H_
