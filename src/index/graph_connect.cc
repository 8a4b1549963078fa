#include "index/graph_connect.h"

#include <algorithm>

namespace sememe::index {
namespace {

// An edge that is put in may take the place of the only way to another node; then that one is next.
// At most half of a node's places are given away, each once, so this comes to an end.
class Connector {
 public:
  Connector(Adjacency& edges, Node entry, const GraphPoints& points)
      : edges_(edges), entry_(entry), points_(points), added_(edges.size(), 0) {}

  void run() {
    for (bool changed = true; changed;) {
      changed = false;
      reached_.assign(edges_.size(), false);
      reach(edges_, entry_, reached_);
      for (Node p = 0; p < edges_.size(); ++p) {
        if (reached_[p] || !attach(p)) continue;
        changed = true;
        reach(edges_, p, reached_);
      }
    }
  }

 private:
  bool attach(Node p) {
    Near from;
    for (const Near& edge : edges_.of(p)) {
      if (can_lead(edge.node) && (from.node == kNoNode || edge < from)) from = edge;
    }
    if (from.node == kNoNode) {
      while (next_ < edges_.size() && !can_lead(next_)) ++next_;
      if (next_ == edges_.size()) return false;
      from = {distance(next_, p), next_};
    }
    put(from.node, {from.distance, p});
    return true;
  }

  bool can_lead(Node p) const { return reached_[p] && added_[p] < kDegree / 2; }

  // In place of the last edge that was not put in here; those are the last ones.
  void put(Node p, const Near& edge) {
    if (edges_.of(p).size() < kDegree) {
      edges_.add(p, edge);
    } else {
      edges_.of(p)[kDegree - 1 - added_[p]] = edge;
    }
    ++added_[p];
  }

  float distance(Node a, Node b) const {
    return squared_distance(points_.scale(a), points_.scale(b),
                            kernels::byte_dot(points_.code(a), points_.code(b)));
  }

  Adjacency& edges_;
  Node entry_;
  const GraphPoints& points_;
  std::vector<std::uint8_t> added_;
  std::vector<bool> reached_;
  Node next_ = 0;  // the first that may lead to nodes without edges of use
};

}  // namespace

void reach(const Adjacency& edges, Node from, std::vector<bool>& reached) {
  std::vector<Node> waiting = {from};
  reached[from] = true;
  while (!waiting.empty()) {
    const Node p = waiting.back();
    waiting.pop_back();
    for (const Near& edge : edges.of(p)) {
      if (reached[edge.node]) continue;
      reached[edge.node] = true;
      waiting.push_back(edge.node);
    }
  }
}

void connect(Adjacency& edges, Node entry, const GraphPoints& points) {
  if (edges.size() > 0) Connector(edges, entry, points).run();
}

}  // namespace sememe::index
