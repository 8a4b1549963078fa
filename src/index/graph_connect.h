// Edges to nodes that no walk from the entry would reach.
#ifndef SEMEME_INDEX_GRAPH_CONNECT_H_
#define SEMEME_INDEX_GRAPH_CONNECT_H_

#include <vector>

#include "index/graph_builder.h"

namespace sememe::index {

/// Adds to `reached` the node and all that edges lead to from it, by way of nodes not reached yet.
void reach(const Adjacency& edges, Node from, std::vector<bool>& reached);

/// Gives nodes that cannot be reached an edge from the nearest reachable of their own edges, or
/// from the entry, in place of its last. Cost: a pass over the edges, and over what was added.
void connect(Adjacency& edges, Node entry, const GraphPoints& points);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_CONNECT_H_
