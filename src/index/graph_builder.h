// Builds a graph for search over rows that are all there.
//
//   1. near nodes by partition (graph_partition.h), pruned to edges and their reverses
//   2. rounds: every node searches the graph as it stands for itself; what the walk visited, from
//      the entry inwards, and its edges so far are its candidates; pruned, and reverses joined
//   3. nodes that no walk can reach get an edge from one that can be reached
//
// Each step makes new edges of all nodes from the old ones of all, so the result does not depend on
// threads: the same rows give the same bytes (docs/decisions/0014-graph-index.md).
#ifndef SEMEME_INDEX_GRAPH_BUILDER_H_
#define SEMEME_INDEX_GRAPH_BUILDER_H_

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/thread_pool.h"
#include "index/equal_rows.h"
#include "index/graph_blocks.h"
#include "index/graph_partition.h"
#include "index/graph_points.h"
#include "kernels/aligned.h"

namespace sememe::index {

struct BuildOptions {
  PartitionOptions partition;
  std::size_t effort = 100;  ///< of the searches of the last round; two thirds of it before
  std::size_t rounds = 2;
  /// Told now and then what is being done, and which part of the whole is done; from any thread,
  /// one call at a time.
  std::function<void(std::string_view step, double part)> progress;
};

/// Edges of all nodes, at most kDegree each, in the order in which they were chosen.
class Adjacency {
 public:
  explicit Adjacency(std::size_t nodes) : edges_(nodes * kDegree), counts_(nodes, 0) {}
  std::size_t size() const { return counts_.size(); }
  std::span<const Near> of(Node p) const {
    return {edges_.data() + std::size_t{p} * kDegree, counts_[p]};
  }
  std::span<Near> of(Node p) { return {edges_.data() + std::size_t{p} * kDegree, counts_[p]}; }
  void set(Node p, std::span<const Near> edges);
  /// One more; p has fewer than kDegree.
  void add(Node p, const Near& edge);

 private:
  std::vector<Near> edges_;
  std::vector<std::uint8_t> counts_;
};

struct BuiltGraph {
  Node entry = 0;
  kernels::AlignedBytes blocks;
};

/// Cost: about 0.2 ms of CPU a node of 384 dimensions. Memory besides the points: a block, 8 bytes
/// times the near nodes kept, and 1 KiB a node.
BuiltGraph build_graph(const GraphPoints& points, const EqualRows& rows,
                       const BuildOptions& options, ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_BUILDER_H_
