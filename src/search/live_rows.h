// All vectors that passages use at one commit, to be compared with a query one by one.
#ifndef SEMEME_SEARCH_LIVE_ROWS_H_
#define SEMEME_SEARCH_LIVE_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/row_set.h"
#include "search/found_chunk.h"
#include "store/store.h"

namespace sememe {

class LiveRows {
 public:
  /// Of the last commit. Throws as Store::live_vectors. Cost: a read of all vectors and of the list
  /// of all chunks.
  explicit LiveRows(const store::Store& store);

  std::uint64_t commit() const { return live_.commit; }
  /// The chunks of the k most similar rows, rows best first, equal ones by number. Cost: a read of
  /// all vectors.
  std::vector<FoundChunk> nearest(std::span<const float> query, std::size_t k) const;

 private:
  store::LiveVectors live_;
  std::vector<std::size_t> first_chunk_;  // [rows + 1], places in chunks_
  std::vector<ChunkId> chunks_;           // by row, ascending within one
  index::RowSet used_;                    // rows that a chunk uses
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_LIVE_ROWS_H_
