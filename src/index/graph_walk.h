// Best-first search of a graph: always on to the nearest node that was not visited, by estimated
// distances (as in SymphonyQG), until the nearest so many found have all been visited (Malkov and
// Yashunin 2018, "HNSW", algorithm 2, where it is called ef), or all that are left are farther than
// the k-th nearest visited by some share (Al-Jazzazi et al. 2025, "Distance Adaptive Beam Search
// for Provably Accurate Graph-Based Nearest Neighbor Search").
#ifndef SEMEME_INDEX_GRAPH_WALK_H_
#define SEMEME_INDEX_GRAPH_WALK_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "index/equal_rows.h"
#include "index/graph_blocks.h"
#include "index/row_set.h"
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
  /// What a distance by bytes may be off: two deviations, where a row's numbers are rounded as the
  /// query's are.
  float byte_error() const { return 2 * scale_.scale * std::sqrt(scale_.square); }

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
  float bound() const {
    return size_ < capacity_ ? std::numeric_limits<float>::infinity()
                             : distances_.data()[kBefore + capacity_ - 1];
  }
  /// Of entry i, popped or not; infinity where there is none.
  float distance(std::size_t i) const {
    return i < size_ ? distances_.data()[kBefore + i] : std::numeric_limits<float>::infinity();
  }
  void insert(const kernels::SortedEntries& entries);
  void insert(float distance, Node node) {
    kernels::SortedEntries entry;
    entry.put(distance, node);
    insert(entry);
  }
  /// Takes out those from this distance on that were not popped.
  void drop_from(float distance) {
    while (size_ > next_ && distances_.data()[kBefore + size_ - 1] >= distance) --size_;
  }
  /// The nearest that was not popped, or kNoNode.
  Node pop();
  /// Calls use(node) for the next `count` that pop would give.
  template <class Use>
  void for_next(std::size_t count, const Use& use) const {
    for (std::size_t i = kBefore + next_; count > 0 && i < kBefore + size_; ++i) {
      if ((ids_.data()[i] & kPopped) != 0) continue;
      use(ids_.data()[i]);
      --count;
    }
  }

 private:
  // The places begin on a line of their own.
  static constexpr std::size_t kBefore = 16;
  static constexpr Node kPopped = Node{1} << 31;

  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  // none before it is left to pop
  kernels::AlignedFloats distances_;
  kernels::AlignedArray<Node> ids_;
};

/// A set of nodes that is emptied at the cost of what was put in.
class VisitedNodes {
 public:
  explicit VisitedNodes(std::size_t nodes) : bits_(nodes / 64 + 1, 0) {}

  void clear();
  std::size_t size() const { return nodes_.size(); }
  bool contains(Node p) const { return (bits_[p / 64] >> (p % 64) & 1U) != 0; }
  void insert(Node p) {
    bits_[p / 64] |= std::uint64_t{1} << (p % 64);
    nodes_.push_back(p);
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<Node> nodes_;
};

/// The distance of the k-th nearest of what was put in.
class KthNearest {
 public:
  void reset(std::size_t k) {
    k_ = k;
    nearest_.clear();
  }
  void add(float distance);
  /// Infinity for fewer than k.
  float distance() const {
    return nearest_.size() < k_ ? std::numeric_limits<float>::infinity() : nearest_.front();
  }

 private:
  std::size_t k_ = 0;
  std::vector<float> nearest_;  // a heap, the farthest first
};

/// Nodes that a search may return: those of rows of a set.
struct PassingNodes {
  const RowSet* rows = nullptr;           ///< null for all
  std::span<const std::uint32_t> copies;  ///< of the index (equal_rows.h)

  bool contains(const BlockTail& tail) const;
};

/// No end by distance.
inline constexpr float kAnyDistance = std::numeric_limits<float>::infinity();

/// How far a walk goes for nodes at a distance: 1 + slack times as far, and what bytes may be off.
float with_slack(float distance, float slack, const GraphQuery& query);

/// When a walk ends: when all that are in its queue were visited, or are too far.
struct WalkLimits {
  std::size_t places = 64;  ///< of the queue, at least 1
  std::size_t visits = std::numeric_limits<std::size_t>::max();
  /// Too far is more than 1 + slack times as far as the results-th nearest that it found.
  /// kAnyDistance: nothing is.
  float slack = kAnyDistance;
  std::size_t results = 10;
  double share = 1;  ///< of all nodes that pass
};

/// One thread's memory for walks of graphs of at most so many nodes.
class GraphWalk {
 public:
  explicit GraphWalk(std::size_t nodes) : visited_(nodes) {}

  /// All nodes that a walk visits and that pass, with their distances by the codes of both, in the
  /// order of visits. In a compact graph it visits all neighbours of where it goes, and the queue
  /// has no estimates but distances. without: a node that is passed over as if it were not there.
  /// Valid until the next call.
  std::span<const Near> run(const GraphView& graph, const GraphQuery& query,
                            const WalkLimits& limits, const PassingNodes& passing = {},
                            Node without = kNoNode);
  /// Goes on from what the last walk visited to all nodes up to a distance, and those up to there
  /// by an estimate that a node within it has of them; until it has visited `most`. All visited.
  std::span<const Near> spread(const GraphView& graph, const GraphQuery& query, float distance,
                               std::size_t most);
  /// Whether the last walk visited p.
  bool visited(Node p) const { return visited_.contains(p); }
  /// How many it visited, whether they pass or not.
  std::size_t visits() const { return visited_.size(); }

 private:
  // What a walk goes by.
  struct Task {
    const GraphView& graph;
    const GraphQuery& query;
    const WalkLimits& limits;
    const PassingNodes& passing;
    Node without;
  };
  void run_by_estimates(const Task& task);
  void estimate_edges(const Task& task, Node p);
  void run_by_codes(const Task& task);
  void measure_edges(const Task& task, Node p);
  void spread_from(const Task& task, const Near& near, float distance);
  float visit(const Task& task, Node p);
  // From where on nodes are too far.
  float limit(const Task& task) const;

  VisitedNodes visited_;
  CandidateQueue queue_;
  KthNearest nearest_;
  std::vector<Near> found_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_WALK_H_
