// What the searches of one commit share: its vectors, the chunks of each row, and the graph of the
// rows that are sealed. Made once a commit: a pass over all chunks, and the checks of both files.
#ifndef SEMEME_SEARCH_SNAPSHOT_H_
#define SEMEME_SEARCH_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/graph_index.h"
#include "index/neighbor.h"
#include "store/store.h"
#include "vectors/metric.h"

namespace sememe {

/// What searches of a snapshot need. A segment is half as large again as the vectors under it, and
/// checking it takes longer than comparing them once: it is left alone where they are compared.
enum class SearchKind { kExact, kApproximate };

/// Used by one thread at a time.
class Snapshot {
 public:
  /// Of the last commit. metric: of the segments of this store. A segment that cannot be used is
  /// left out, and notice() says so. Throws as Store::live_vectors.
  static std::unique_ptr<Snapshot> take(const store::Store& store, vectors::Metric metric,
                                        SearchKind kind);

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  std::uint64_t commit() const { return live_.commit; }
  SearchKind kind() const { return kind_; }
  /// Which segment is not used and why; empty when nothing is wrong.
  const std::string& notice() const { return notice_; }
  /// Whether every row is compared for so many results at such a recall: always at 1, and where a
  /// walk of the graph would take longer.
  bool is_exact(std::size_t k, double recall) const;

  /// The k most similar rows that a chunk uses, best first, equal ones by row. recall: share of the
  /// exact ones that is to be found, above 0; below 1 of approximate snapshots. Sealed rows are
  /// searched by the graph, the others compared.
  std::vector<index::Neighbor> nearest(std::span<const float> query, std::size_t k, double recall);
  /// The chunks of a row, ascending.
  std::span<const ChunkId> chunks_of(std::size_t row) const;

 private:
  Snapshot(store::LiveVectors live, SearchKind kind);
  void gather_chunks();
  void open_graph(vectors::Metric metric);
  std::size_t sealed() const { return graph_ ? graph_->size() : 0; }
  MatrixView rows(std::size_t first, std::size_t end) const;
  std::vector<index::Neighbor> nearest_sealed(std::span<const float> query, std::size_t k,
                                              double recall);

  store::LiveVectors live_;
  SearchKind kind_;
  std::vector<std::size_t> first_chunk_;  // [rows + 1], places in chunks_
  std::vector<ChunkId> chunks_;           // by row
  index::RowSet used_;                    // [rows] of the file
  index::RowSet sealed_used_;             // of the rows that are sealed
  index::RowSet tail_used_;               // of the others
  std::optional<index::GraphIndex> graph_;
  std::optional<index::GraphSearcher> searcher_;
  std::string notice_;
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_SNAPSHOT_H_
