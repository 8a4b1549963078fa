// Best-first search of a graph: always on to the nearest node that was not visited, by estimated
// distances, until the nearest `effort` found have all been visited (Malkov and Yashunin 2018,
// "HNSW", algorithm 2, where it is called ef; estimates as in SymphonyQG).
#ifndef SEMEME_INDEX_GRAPH_WALK_H_
#define SEMEME_INDEX_GRAPH_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "index/graph_blocks.h"
#include "kernels/aligned.h"
#include "kernels/edges.h"

namespace sememe::index {

/// Places a result that a walk is given at most when it found too few nodes with fewer. Then all
/// rows are compared.
inline constexpr std::size_t kMostPlaces = 16;

/// Nodes nearest by their bytes that are compared by their rows, for k results: bytes are off by
/// less than most tenth and twentieth neighbours are apart.
constexpr std::size_t refined(std::size_t k) { return k + std::max<std::size_t>(10, k / 2); }

/// Leaves the `count` nearest, in any order.
inline void keep_nearest(std::vector<Near>& found, std::size_t count) {
  if (count >= found.size()) return;
  std::ranges::nth_element(found, found.begin() + static_cast<std::ptrdiff_t>(count));
  found.resize(count);
}

/// The code and the table of a rotated query.
class GraphQuery {
 public:
  explicit GraphQuery(std::size_t dims);

  /// rotated: [dims], finite.
  void set(std::span<const float> rotated);

  std::span<const std::int8_t> code() const { return code_.span(); }
  const vectors::ByteScale& scale() const { return scale_; }
  /// Of the rotated numbers.
  float sum() const { return sum_; }
  const kernels::EdgeQuery& edges() const { return edges_; }

 private:
  kernels::AlignedArray<std::int8_t> code_;
  vectors::ByteScale scale_;
  float sum_ = 0;
  kernels::AlignedBytes table_;
  kernels::EdgeQuery edges_;
};

/// The squared distance of a node, by its bytes and those of the query.
inline float distance_to(const BlockView& block, const GraphQuery& query) {
  return squared_distance(query.scale(), block.tail().scale,
                          kernels::byte_dot(query.code(), block.code()));
}

/// The nearest nodes found so far, by estimates, and which of them were visited. A node may be in
/// it more than once, each time as another neighbour of it estimates its distance: the nearest
/// estimate decides when it is visited.
class CandidateQueue {
 public:
  /// Empty, with room for `capacity`, at least 1.
  void reset(std::size_t capacity);

  /// What is not below it need not be put in.
  float bound() const { return distances_.data()[kBefore + capacity_ - 1]; }
  void insert(const kernels::SortedEntries& entries) {
    const std::size_t place = kernels::merge_sorted(places_, entries);
    next_ = next_ < place ? next_ : place;
  }
  void insert(float distance, Node node) {
    kernels::SortedEntries entry;
    entry.put(distance, node);
    insert(entry);
  }
  /// The nearest that was not popped, or kNoNode.
  Node pop();
  /// Calls use(node) for the next `count` that pop would give.
  template <class Use>
  void for_next(std::size_t count, const Use& use) const {
    for (std::size_t i = next_; count > 0 && i < capacity_; ++i) {
      if (!(places_.distances[i] < std::numeric_limits<float>::infinity())) return;
      if ((places_.ids[i] & kPopped) != 0) continue;
      use(places_.ids[i]);
      --count;
    }
  }

 private:
  // The places begin on a line of their own.
  static constexpr std::size_t kBefore = 16;
  static constexpr Node kPopped = Node{1} << 31;

  std::size_t capacity_ = 0;
  std::size_t next_ = 0;  // none before it is left to pop
  kernels::AlignedFloats distances_;
  kernels::AlignedArray<Node> ids_;
  kernels::SortedPlaces places_ = {};
};

/// A set of nodes that is emptied at the cost of what was put in.
class VisitedNodes {
 public:
  explicit VisitedNodes(std::size_t nodes) : bits_(nodes / 64 + 1, 0) {}

  void clear();
  bool contains(Node p) const { return (bits_[p / 64] >> (p % 64) & 1U) != 0; }
  void insert(Node p) {
    bits_[p / 64] |= std::uint64_t{1} << (p % 64);
    nodes_.push_back(p);
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<Node> nodes_;
};

/// One thread's memory for walks of graphs of at most so many nodes.
class GraphWalk {
 public:
  explicit GraphWalk(std::size_t nodes) : visited_(nodes) {}

  /// All nodes that a walk visits, with their distances by the codes of both, in the order of
  /// visits. In a compact graph it visits all neighbours of where it goes, and the queue has no
  /// estimates but distances. effort: at least 1. without: a node that is passed over as if it were
  /// not there. Valid until the next call.
  std::span<const Near> run(const GraphView& graph, const GraphQuery& query, std::size_t effort,
                            Node without = kNoNode);
  /// Whether the last walk visited p.
  bool visited(Node p) const { return visited_.contains(p); }

 private:
  void run_by_estimates(const GraphView& graph, const GraphQuery& query);
  void estimate_edges(const GraphView& graph, const GraphQuery& query, Node p);
  void run_by_codes(const GraphView& graph, const GraphQuery& query);
  void measure_edges(const GraphView& graph, const GraphQuery& query, Node p);
  float visit(const GraphView& graph, const GraphQuery& query, Node p);

  VisitedNodes visited_;
  CandidateQueue queue_;
  std::vector<Near> found_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_WALK_H_
