#include "search/snapshot.h"

#include <algorithm>
#include <utility>

#include "base/error_context.h"
#include "index/flat_index.h"

namespace sememe {
namespace {

using index::Neighbor;

// A walk keeps its queue sorted: at efforts in the thousands that costs effort squared, and more
// than comparing every row. For 109,588 rows of 384 dimensions a comparison takes 6.5 ms, walks at
// efforts of 3,700 and 7,000 take 3.5 and 9.
constexpr std::size_t kMostWork = 128;

std::vector<Neighbor> best_of(std::vector<Neighbor> a, std::span<const Neighbor> b, std::size_t k) {
  a.insert(a.end(), b.begin(), b.end());
  std::ranges::sort(a, index::ranks_before);
  if (a.size() > k) a.resize(k);
  return a;
}

}  // namespace

std::unique_ptr<Snapshot> Snapshot::take(const store::Store& store, vectors::Metric metric,
                                         SearchKind kind) {
  while (true) {
    std::unique_ptr<Snapshot> snapshot(new Snapshot(store.live_vectors(), kind));
    try {
      snapshot->open_graph(metric);
    } catch (const Error& error) {
      // A writer that seals or compacts removes the file of the commit before.
      if (store.commit() != snapshot->commit()) continue;
      snapshot->notice_ = concat(error.what(),
                                 "; every vector is compared instead; \"sememe index\" makes it "
                                 "again");
    }
    snapshot->gather_chunks();
    return snapshot;
  }
}

Snapshot::Snapshot(store::LiveVectors live, SearchKind kind)
    : live_(std::move(live)), kind_(kind) {}

void Snapshot::open_graph(vectors::Metric metric) {
  if (!live_.segment || kind_ == SearchKind::kExact) return;
  const store::Segment& segment = *live_.segment;
  index::GraphIndex graph = index::GraphIndex::open(
      segment.path, segment.key, rows(0, segment.rows), index::Residence::kMapped);
  if (graph.metric() != metric) {
    throw Error(ErrorCode::kCorrupt, concat("graph index ", quote(segment.path.native()),
                                            ": expected metric ", vectors::metric_name(metric),
                                            ", found ", vectors::metric_name(graph.metric())));
  }
  graph.check_all();
  graph_ = std::move(graph);
  searcher_.emplace(*graph_);
}

// Sorted by counting: chunks come in ascending order, and stay so within a row.
void Snapshot::gather_chunks() {
  first_chunk_.assign(live_.vectors.rows + 1, 0);
  for (const store::VectorRow row : live_.rows) ++first_chunk_[static_cast<std::size_t>(row) + 1];
  used_ = index::RowSet(live_.vectors.rows);
  sealed_used_ = index::RowSet(sealed());
  tail_used_ = index::RowSet(live_.vectors.rows - sealed());
  for (std::size_t r = 0; r < live_.vectors.rows; ++r) {
    if (first_chunk_[r + 1] > 0) {
      used_.insert(r);
      r < sealed() ? sealed_used_.insert(r) : tail_used_.insert(r - sealed());
    }
    first_chunk_[r + 1] += first_chunk_[r];
  }
  std::vector<std::size_t> next(first_chunk_.begin(), first_chunk_.end() - 1);
  chunks_.resize(live_.chunk_ids.size());
  for (std::size_t i = 0; i < live_.rows.size(); ++i) {
    chunks_[next[static_cast<std::size_t>(live_.rows[i])]++] = live_.chunk_ids[i];
  }
}

MatrixView Snapshot::rows(std::size_t first, std::size_t end) const {
  const MatrixView& all = live_.vectors;
  return {all.data + first * all.cols, end - first, all.cols};
}

std::span<const ChunkId> Snapshot::chunks_of(std::size_t row) const {
  return std::span(chunks_).subspan(first_chunk_[row], first_chunk_[row + 1] - first_chunk_[row]);
}

bool Snapshot::is_exact(std::size_t k, double recall) const {
  if (recall >= 1 || !graph_) return true;
  const std::size_t effort = graph_->recall().effort_for(recall, std::min(k, live_.vectors.rows));
  return effort * effort > kMostWork * sealed();
}

std::vector<Neighbor> Snapshot::nearest(std::span<const float> query, std::size_t k,
                                        double recall) {
  k = std::min(k, live_.vectors.rows);
  if (is_exact(k, recall)) return index::FlatIndex(live_.vectors).search(query, k, used_);
  const MatrixView tail = rows(sealed(), live_.vectors.rows);
  std::vector<Neighbor> found = index::FlatIndex(tail).search(query, k, tail_used_);
  for (Neighbor& neighbor : found) neighbor.row += sealed();
  return best_of(std::move(found), nearest_sealed(query, k, recall), k);
}

std::vector<Neighbor> Snapshot::nearest_sealed(std::span<const float> query, std::size_t k,
                                               double recall) {
  const bool all = sealed_used_.count() == sealed();
  return searcher_->search(query, {.k = k,
                                   .effort = graph_->recall().effort_for(recall, k),
                                   .allowed = all ? nullptr : &sealed_used_});
}

}  // namespace sememe
