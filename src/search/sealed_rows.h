// The vectors of a commit that names a segment, searched by its graph; those that came since it was
// made are compared one by one.
//
// Nothing is read before a search comes to it: which chunks use the rows that were found is asked
// of the store, so that the first search of a process costs little more than the next one.
#ifndef SEMEME_SEARCH_SEALED_ROWS_H_
#define SEMEME_SEARCH_SEALED_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "index/graph_index.h"
#include "index/neighbor.h"
#include "search/found_chunk.h"
#include "store/store.h"
#include "vectors/metric.h"

namespace sememe {

/// Used by one thread at a time.
class SealedRows {
 public:
  /// Throws Error for a segment that cannot be used, or that is of another metric.
  SealedRows(store::SealedVectors vectors, vectors::Metric metric);
  SealedRows(const SealedRows&) = delete;
  SealedRows& operator=(const SealedRows&) = delete;

  std::uint64_t commit() const { return vectors_.commit; }
  /// Whether a walk of the graph costs less than comparing every row.
  bool is_worth_a_walk(std::size_t k, double recall) const;
  /// The chunks of the k most similar rows that a chunk of `store` uses, rows best first, equal
  /// ones by number. recall: share of the exact ones that is to be found, above 0, below 1. Nothing
  /// when the store has moved on, or when so many rows near the query are unused that comparing
  /// every row costs less. Throws Error(kCorrupt) for damage where the search came.
  std::optional<std::vector<FoundChunk>> nearest(const store::Store& store,
                                                 std::span<const float> query, std::size_t k,
                                                 double recall);

 private:
  MatrixView tail() const;
  std::vector<index::Neighbor> nearest_rows(std::span<const float> query, std::size_t k,
                                            double recall);

  store::SealedVectors vectors_;
  index::GraphIndex graph_;
  index::GraphSearcher searcher_;
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_SEALED_ROWS_H_
