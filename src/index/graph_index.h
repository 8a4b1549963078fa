// Approximate nearest rows of a large set: a graph whose nodes have their neighbours' codes beside
// them, walked towards the query, and the nearest nodes found put in order by the rows themselves.
//
// docs/decisions/0014-graph-index.md says why it is built so and what was measured.
#ifndef SEMEME_INDEX_GRAPH_INDEX_H_
#define SEMEME_INDEX_GRAPH_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/thread_pool.h"
#include "index/equal_rows.h"
#include "index/graph_blocks.h"
#include "index/graph_builder.h"
#include "index/graph_checks.h"
#include "index/graph_file.h"
#include "index/graph_scan.h"
#include "index/graph_walk.h"
#include "index/neighbor.h"
#include "index/recall_curve.h"
#include "index/row_set.h"
#include "kernels/aligned.h"
#include "sememe/types.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::index {

/// Of the rotation of every graph index.
inline constexpr std::uint64_t kRotationSeed = 1;

/// Where an opened index lies: in memory of its own, on huge pages, and checked whole first; or in
/// the file's, checked as searches come to it.
enum class Residence { kLoaded, kMapped };

struct GraphOptions {
  vectors::Metric metric = vectors::Metric::kCosine;
  /// Compact: a quarter of the memory, and slower searches (docs/decisions/0014-graph-index.md).
  Layout layout = Layout::kFast;
  BuildOptions build;
};

/// Borrows the rows, which searches read to put what was found in order. Immutable; any number of
/// threads may search, each with a GraphSearcher. The same rows give the same bytes, whatever the
/// pool and the processor.
class GraphIndex {
 public:
  /// For the cosine, rows must be unit vectors. Throws Error(kInvalidArgument) that names the row
  /// when a number is not finite, kLimit from 2^31 rows on.
  static GraphIndex build(MatrixView rows, const GraphOptions& options, ThreadPool& pool);

  /// Writes the index, synced, in place of what was there (docs/formats/graph-index.md). key: what
  /// it belongs to, at most 80 bytes. Throws Error(kIo).
  void save(const Path& path, std::string_view key) const;
  /// What save wrote for this key, over the same rows. Throws Error(kCorrupt) that names the file
  /// and the place for anything that is not right, kUnsupported for another version,
  /// kInvalidArgument for rows of another number or size, kNotFound. Mapped, searches throw what
  /// they find to be kCorrupt, in the rows too, and opening reads parameters and copies alone.
  static GraphIndex open(const Path& path, std::string_view key, MatrixView rows,
                         Residence residence = Residence::kLoaded);

  /// Of rows; equal ones share a node.
  std::size_t size() const { return rows_.rows; }
  std::size_t dims() const { return rows_.cols; }
  vectors::Metric metric() const { return space_.metric(); }
  /// Of memory that searches read, without the rows, and without the 4 bytes a row that the first
  /// scan of some of them makes.
  std::size_t bytes() const {
    return parts_.blocks.size() + parts_.codes.codes.size() + parts_.copies.size_bytes();
  }
  /// Recall as it was sampled after building.
  const RecallCurves& recall() const { return parts_.recall; }
  const GraphView& graph() const { return graph_; }
  MatrixView rows() const { return rows_; }
  /// The length of the longest row, for inner products; else 0.
  float longest() const { return parts_.parameters.longest; }
  /// Checks what is left to check of a mapped index and of its rows: before anything but a
  /// GraphSearcher reads graph() or rows().
  void check_all() const {
    if (checks_) checks_->all();
  }
  /// The rows that are equal to that of a node, besides it.
  std::span<const std::uint32_t> copies_of(Node p) const {
    return copies_at(parts_.copies, graph_.block(p).tail().copies);
  }

 private:
  friend class GraphSearcher;
  GraphIndex(MatrixView rows, const GraphParameters& parameters);
  std::span<const Node> node_of_row() const;
  std::vector<Node> find_nodes() const;
  void check_row(Node p, std::uint32_t row) const {
    if (checks_) checks_->row(p, row);
  }

  MatrixView rows_;
  vectors::MetricSpace space_;
  vectors::Rotation rotation_;
  struct NodesOfRows {
    std::once_flag found;
    std::vector<Node> nodes;  // kNoNode where the blocks of a file have none
  };

  // What parts_ lie in: the first three, or the file of the checks.
  kernels::AlignedBytes blocks_;
  RowCodes codes_;
  std::vector<std::uint32_t> copies_;
  std::unique_ptr<const GraphChecks> checks_;  // of a mapped index
  GraphParts parts_;
  GraphView graph_;
  std::unique_ptr<NodesOfRows> nodes_of_rows_;  // made by the first search that asks for it
};

struct GraphSearch {
  std::size_t k = 10;
  /// More find more: RecallCurves::effort_for gives that of a recall. Among some rows it is for as
  /// many of those, whatever that takes.
  Effort effort = {};
  /// The rows that may be returned, a set of size() rows, or null for all.
  const RowSet* allowed = nullptr;
};

struct RangeSearch {
  float min_similarity = 0;  ///< a number
  /// The share of what there is that is to be found, as RecallCurves has it; from 1 on all rows are
  /// compared.
  double recall = 0.95;
};

/// One thread's memory for searching an index, which it borrows.
class GraphSearcher {
 public:
  explicit GraphSearcher(const GraphIndex& index);

  /// The most similar rows that were found, best first, with exact similarities; equal ones by row.
  /// k of them; fewer only when fewer rows may be returned, and then all of those. query: finite;
  /// for the cosine a unit vector, or zeros, which are equally near to all. Cost: about
  /// effort.visits blocks read; among some rows graph_filter.cc says how they are found.
  std::vector<Neighbor> search(std::span<const float> query, const GraphSearch& options);
  /// All rows found that are at least so similar, best first, as FlatIndex::search_range gives
  /// them. Cost: a search for ten, and a block for each node in range and as many beyond; from an
  /// eighth of the nodes on a read of all rows.
  std::vector<Neighbor> search_range(std::span<const float> query, const RangeSearch& options);
  /// The same as search for a row of the index, as if it were not in it; row: of a node without
  /// copies.
  std::vector<Neighbor> search_without(Node node, const GraphSearch& options);
  /// Of the last search among all rows: nodes visited, and squared distances of the nearest that
  /// were found, by bytes, ascending.
  std::size_t visits() const { return walk_.visits(); }
  std::vector<float> distances() const;

 private:
  void set(std::span<const float> query);
  std::vector<Neighbor> search_from(std::span<const float> query, const GraphSearch& options,
                                    Node without);
  WalkLimits limits_of(const GraphSearch& options, double share) const;
  std::span<const Near> walk(const GraphSearch& options, Node without);
  std::span<const Near> scan_allowed(const GraphSearch& options);
  std::span<const Near> walk_allowed(const GraphSearch& options);
  std::vector<Neighbor> search_allowed(std::span<const float> query, const GraphSearch& options);
  std::vector<Neighbor> check_range(std::span<const float> query, std::span<const Near> visited,
                                    float min_similarity);
  std::vector<Neighbor> exactly(std::span<const float> query, std::span<const Near> found,
                                const GraphSearch& options);

  const GraphIndex& index_;
  GraphQuery query_;
  GraphWalk walk_;
  GraphScan scan_;
  std::vector<std::uint32_t> scanned_;
  std::vector<float> mapped_;
  std::vector<float> rotated_;
  std::vector<Near> nearest_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_INDEX_H_
