#include "index/reverse_edges.h"

#include <numeric>

namespace sememe::index {

ReverseEdges::ReverseEdges(const Adjacency& edges) : begins_(edges.size() + 1, 0) {
  const Node count = static_cast<Node>(edges.size());
  for (Node p = 0; p < count; ++p) {
    for (const Near& edge : edges.of(p)) ++begins_[edge.node + 1];
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  edges_.resize(begins_.back());
  std::vector<std::size_t> places(begins_.begin(), begins_.end() - 1);
  for (Node p = 0; p < count; ++p) {
    for (const Near& edge : edges.of(p)) edges_[places[edge.node]++] = {edge.distance, p};
  }
}

}  // namespace sememe::index
