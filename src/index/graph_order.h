// The order in which a graph has its nodes: near ones together, so that a walk and the building
// find more of what they read in the caches and in pages that were used.
#ifndef SEMEME_INDEX_GRAPH_ORDER_H_
#define SEMEME_INDEX_GRAPH_ORDER_H_

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

/// The given rows (ascending), those with the same nearest one of 256 rows drawn at random after
/// each other; as they are when they are few. The same for any number of threads. Cost: 256
/// products a row, 3 us of 384 dimensions. 100,000 passages: a tenth less time to build, 4 % less
/// to search.
std::vector<std::uint32_t> order_near_together(MatrixView rows, std::vector<std::uint32_t> chosen,
                                               vectors::Metric metric, ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_ORDER_H_
