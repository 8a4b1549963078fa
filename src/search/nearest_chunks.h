// The chunks whose vectors are nearest to a query: by the store's segment where it names one and a
// search may miss some, else by comparing every vector.
#ifndef SEMEME_SEARCH_NEAREST_CHUNKS_H_
#define SEMEME_SEARCH_NEAREST_CHUNKS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/found_chunk.h"
#include "search/live_rows.h"
#include "search/sealed_rows.h"
#include "store/store.h"
#include "vectors/metric.h"

namespace sememe {

/// Keeps what it read of a commit until there is another one. Used by one thread at a time.
class NearestChunks {
 public:
  struct Result {
    std::uint64_t commit = 0;
    bool exact = true;   ///< every vector was compared
    std::string notice;  ///< which segment was not used and why; else empty
    std::vector<FoundChunk> chunks;
  };

  /// metric: of the segments of this store, which it borrows.
  NearestChunks(const store::Store& store, vectors::Metric metric)
      : store_(store), metric_(metric) {}

  /// The chunks of the k most similar vectors at the last commit, best first; those of equal ones
  /// by row, those of one ascending. recall: share of the exact ones that is to be found, above 0;
  /// 1: all of them. A segment that cannot be used, or is damaged where the search comes, is left
  /// out. Throws as Store::live_vectors.
  Result find(std::span<const float> query, std::size_t k, double recall);

 private:
  void open_sealed();
  void leave_out(std::uint64_t commit, std::string_view why);
  std::optional<Result> find_sealed(std::span<const float> query, std::size_t k, double recall);

  const store::Store& store_;
  vectors::Metric metric_;
  std::unique_ptr<SealedRows> sealed_;
  std::optional<std::uint64_t> looked_at_;  // commit whose segment sealed_ is of, if it has one
  std::string notice_;                      // of that commit
  std::unique_ptr<LiveRows> live_;
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_NEAREST_CHUNKS_H_
