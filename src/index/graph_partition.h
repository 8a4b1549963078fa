// Near nodes of every node, from all pairs within groups of near nodes.
//
// Nodes are shared out to groups around random leaders, each to the groups of its nearest few, and
// large groups are split again; within a group all distances are one product of matrices (the idea
// of Dong, Moses and Li 2011, "NN-descent", turned into products as in PiPNN, arXiv 2602.21247).
#ifndef SEMEME_INDEX_GRAPH_PARTITION_H_
#define SEMEME_INDEX_GRAPH_PARTITION_H_

#include <cstddef>
#include <cstdint>

#include "base/thread_pool.h"
#include "index/graph_points.h"
#include "index/near_lists.h"

namespace sememe::index {

struct PartitionOptions {
  std::size_t group_size = 1000;  ///< larger groups are split
  std::size_t overlap = 2;        ///< groups of a node
  std::size_t kept = 32;          ///< near nodes of a node
  std::uint64_t seed = 1;
};

/// The nearest nodes that share a group with each node. The same for any number of threads. Cost:
/// about overlap * group_size products of dims bytes a node: 6 us for 384 dimensions.
NearLists near_by_partition(const GraphPoints& points, const PartitionOptions& options,
                            ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_PARTITION_H_
