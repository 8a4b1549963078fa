// A graph index that grows: rows are put in and taken out by one thread while others search.
//
// Its graph is that of graph_index.h, and so are its walks; its memory is growing_store.h. A row is
// put in by a search for it: what the walk visits is what edges are chosen from, and the chosen
// nodes choose again among their edges and the new one. A removed row is only marked (a tombstone):
// walks go through it, searches do not give it. consolidate() leads edges past removed nodes and
// makes their places free (Singh et al. 2021, "FreshDiskANN", algorithm 4).
//
// docs/decisions/0017-growing-index.md says why it is built so and what was measured.
#ifndef SEMEME_INDEX_GROWING_INDEX_H_
#define SEMEME_INDEX_GROWING_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/graph_index.h"
#include "index/graph_walk.h"
#include "index/growing_editor.h"
#include "index/growing_linker.h"
#include "index/growing_rows.h"
#include "index/growing_store.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::index {

struct GrowingOptions {
  vectors::Metric metric = vectors::Metric::kCosine;
  /// Rows at a time, removed ones that were not consolidated included; at most 2^30. Costs address
  /// space alone: memory is used as rows come.
  std::size_t capacity = 0;
  /// For inner products, the length of the longest row that may come.
  float longest = 0;
  /// Of the search for a new row.
  std::size_t effort = 100;
};

/// One thread at a time calls insert, remove and consolidate; any number search beside it, each
/// with a GrowingSearcher. The same calls in the same order give the same graph, whatever is
/// searched meanwhile and whatever the processor.
class GrowingIndex {
 public:
  /// Empty, for rows of `dims` numbers. Throws Error(kInvalidArgument) for options out of range,
  /// kLimit when the system has no address space for the capacity.
  GrowingIndex(std::size_t dims, const GrowingOptions& options);
  /// Begins with a copy of what is in `built`; its row r is r here. The metric, and for inner
  /// products the longest row, are those of `built`. Throws besides Error(kUnsupported) for one of
  /// the compact layout, kLimit for one of more rows than the capacity. Cost: a copy of its rows
  /// and blocks.
  GrowingIndex(const GraphIndex& built, const GrowingOptions& options);

  /// Puts a row in, and returns its number: the least that is free, or that of an equal row that
  /// was removed and is still known. Searches that begin after it returned see the row. For the
  /// cosine a unit vector, or zeros. Throws Error(kInvalidArgument) when a number is not finite or,
  /// for inner products, the row is longer than the longest; kLimit when the index is full; nothing
  /// has changed then. Cost: about four searches of that effort.
  std::uint32_t insert(std::span<const float> row);
  /// Takes a row out. Searches that begin after it returned do not give it. Throws Error(kNotFound)
  /// for a row that is not there. Cost: nothing; searches become dearer by the share of removed
  /// rows until consolidate().
  void remove(std::uint32_t row);
  /// Makes edges lead past removed rows, and frees their numbers for rows to come. Waits at the end
  /// for searches that were under way. Cost: about that of an insert for every node with an edge to
  /// a removed one, and a read of all edges.
  void consolidate();

  std::size_t dims() const { return space_.outer_dims(); }
  vectors::Metric metric() const { return space_.metric(); }
  std::size_t capacity() const { return store_.capacity(); }
  /// Rows that are there, and those removed since the last consolidate().
  std::size_t size() const { return store_.live(); }
  std::size_t removed() const { return store_.held() - store_.live(); }
  /// Of memory that was used, rows and the writer's notes of edges included.
  std::size_t bytes() const {
    return store_.bytes() + store_.bound() * (GraphEditor::kRowBytes + Linker::kRowBytes);
  }
  /// The writer's view of it.
  const GrowingStore& store() const { return store_; }

 private:
  friend class GrowingSearcher;

  GrowingIndex(std::size_t dims, const GrowingOptions& options, float longest);
  void copy_nodes(const GraphIndex& built);
  void check_row(std::span<const float> row) const;
  Node free_place() const;
  void take_place();

  std::size_t effort_;
  double longest_;
  vectors::MetricSpace space_;
  vectors::Rotation rotation_;
  GrowingStore store_;

  // The writer's.
  GraphEditor editor_;
  Linker linker_;
  RowTable known_rows_;
  std::vector<Node> free_;  // descending
};

struct GrowingSearch {
  std::size_t k = 10;
  /// Length of the queue of a walk, as GraphSearch has it: of rows that are there; what removed
  /// ones take comes on top, up to three times as much.
  std::size_t effort = 64;
};

/// One thread's memory for searching an index, which it borrows.
class GrowingSearcher {
 public:
  explicit GrowingSearcher(const GrowingIndex& index);

  /// The most similar rows that were found, best first, with exact similarities; equal ones by row.
  /// k of them; fewer only when fewer are there. query: finite; for the cosine a unit vector, or
  /// zeros. It waits for nobody. Cost: about effort blocks read.
  std::vector<Neighbor> search(std::span<const float> query, const GrowingSearch& options);

 private:
  std::vector<Neighbor> walk(std::span<const float> query, const GrowingSearch& options);
  std::vector<Neighbor> exactly(std::span<const float> query, std::size_t k);
  std::vector<Neighbor> scan(std::span<const float> query, std::size_t k) const;

  const GrowingIndex& index_;
  const GrowingStore& store_;
  Epochs::Reader reader_;
  GraphQuery query_;
  GraphWalk walk_;
  std::vector<float> mapped_;
  std::vector<float> rotated_;
  std::vector<Near> nearest_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_INDEX_H_
