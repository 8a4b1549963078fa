// Samples what a graph index finds at which effort.
#ifndef SEMEME_INDEX_RECALL_SAMPLE_H_
#define SEMEME_INDEX_RECALL_SAMPLE_H_

#include "base/thread_pool.h"
#include "index/graph_index.h"
#include "index/recall_curve.h"
#include "sememe/types.h"

namespace sememe::index {

/// Up to 500 nodes are the queries, each searched for as if it were not in the graph, and compared
/// with an exact search; recall is the mean less its standard error. Rows that come later are found
/// a little less often than these, whose neighbours chose their edges with them in view. The same
/// for any number of threads. Cost: an exact search for 500 queries.
RecallCurves sample_recall(const GraphIndex& index, MatrixView rows, ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_RECALL_SAMPLE_H_
