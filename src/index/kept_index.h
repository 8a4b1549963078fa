// A graph index kept in a file beside the vectors that it belongs to: built at the first use, and
// again when the vectors are others or the file is damaged.
#ifndef SEMEME_INDEX_KEPT_INDEX_H_
#define SEMEME_INDEX_KEPT_INDEX_H_

#include <functional>
#include <string>

#include "base/file.h"
#include "base/thread_pool.h"
#include "index/graph_index.h"
#include "sememe/types.h"

namespace sememe::index {

struct KeptIndex {
  GraphIndex index;
  bool built = false;  ///< now
  /// Why a file that was there could not be used, or why what was built could not be written; else
  /// empty.
  std::string notice;
};

/// The index of the rows in the file, or a new one that is then kept there. The file is believed
/// when a hash of all rows, the metric and the layout are those that it was built for; cost: a read
/// of the rows and of the file, or the building. Throws what GraphIndex::build throws.
KeptIndex open_or_build(const Path& path, MatrixView rows, const GraphOptions& options,
                        ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_KEPT_INDEX_H_
