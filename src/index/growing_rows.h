// Finds a node by its row, bit for bit: equal rows share a node (equal_rows.h).
#ifndef SEMEME_INDEX_GROWING_ROWS_H_
#define SEMEME_INDEX_GROWING_ROWS_H_

#include <cstdint>
#include <span>
#include <unordered_map>

#include "index/graph_points.h"
#include "sememe/types.h"

namespace sememe::index {

/// Memory: about 40 bytes a node.
class RowTable {
 public:
  /// The node with this row, or kNoNode. rows: those of all nodes that were put in.
  Node find(MatrixView rows, std::span<const float> row) const;
  void put(MatrixView rows, Node p);
  void remove(MatrixView rows, Node p);

 private:
  std::unordered_multimap<std::uint64_t, Node> nodes_;  // by hash; never iterated over
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_ROWS_H_
