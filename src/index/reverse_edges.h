// The edges of a graph by where they lead.
#ifndef SEMEME_INDEX_REVERSE_EDGES_H_
#define SEMEME_INDEX_REVERSE_EDGES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "index/graph_builder.h"

namespace sememe::index {

class ReverseEdges {
 public:
  explicit ReverseEdges(const Adjacency& edges);

  /// The nodes with an edge to p, with its length, in ascending order of nodes.
  std::span<const Near> into(Node p) const {
    return std::span(edges_).subspan(begins_[p], begins_[p + 1] - begins_[p]);
  }

 private:
  std::vector<std::size_t> begins_;  // [nodes + 1]
  std::vector<Near> edges_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_REVERSE_EDGES_H_
