#include "index/recall_sample.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>

#include "base/random.h"
#include "index/flat_index.h"

namespace sememe::index {
namespace {

// Recall is sampled until it is this, or the effort that, or half of the nodes: a queue costs its
// length an insertion, and a scan costs less than a walk to every second node.
constexpr double kEnoughRecall = 0.999;
constexpr std::size_t kMostEffort = 1000;
constexpr std::size_t kSampledQueries = 500;

// Nodes that stand for one row, spread over all.
std::vector<Node> sampled_nodes(const GraphView& graph) {
  std::vector<Node> sample;
  Random random(1);
  for (std::size_t tries = 0; tries < 4 * kSampledQueries && graph.size > 0; ++tries) {
    const Node p = random.below(static_cast<std::uint32_t>(graph.size));
    if (graph.block(p).tail().copies == 0) sample.push_back(p);
    if (sample.size() == kSampledQueries) break;
  }
  return sample;
}

// How many of the k nearest rows but `itself` were found.
std::size_t count_hits(std::span<const Neighbor> found, std::span<const Neighbor> nearest,
                       std::size_t itself, std::size_t k) {
  std::size_t hits = 0;
  std::size_t seen = 0;
  for (const Neighbor& n : nearest) {
    if (n.row == itself || seen == k) continue;
    ++seen;
    hits += std::ranges::find(found, n.row, &Neighbor::row) != found.end() ? 1U : 0U;
  }
  return hits;
}

// Queries, their exact neighbours, and one searcher a thread.
class Sample {
 public:
  Sample(const GraphIndex& index, MatrixView rows, ThreadPool& pool)
      : graph_(index.graph()), pool_(pool), nodes_(sampled_nodes(graph_)) {
    Matrix queries(nodes_.size(), rows.cols);
    for (std::size_t q = 0; q < nodes_.size(); ++q) {
      std::ranges::copy(rows.row(row_of(q)), queries.row(q).begin());
    }
    nearest_ = FlatIndex(rows, index.metric())
                   .search_batch(queries.view(), kSampledResults.back() + 1, &pool);
    for (std::size_t w = 0; w < pool.size(); ++w) searchers_.emplace_back(index);
  }

  std::vector<RecallAtEffort> curve(std::size_t k) {
    std::vector<RecallAtEffort> out;
    if (graph_.size <= k || nodes_.empty()) return out;
    // A third more each time.
    for (std::size_t effort = 3 * k / 2; effort <= std::min(kMostEffort, graph_.size / 2);
         effort += (effort + 2) / 3) {
      const double recall = recall_at({.k = k, .effort = effort});
      out.push_back({static_cast<std::uint32_t>(effort), static_cast<float>(recall)});
      if (recall > kEnoughRecall) break;
    }
    return out;
  }

 private:
  std::size_t row_of(std::size_t q) const { return graph_.block(nodes_[q]).tail().row; }

  // Less a standard error: half of all samples would promise more than queries get.
  double recall_at(const GraphSearch& options) {
    std::atomic<std::size_t> total = 0;
    std::atomic<std::size_t> squares = 0;
    pool_.parallel_for(nodes_.size(), [&](std::size_t q, std::size_t worker) {
      const auto found = searchers_[worker].search_without(nodes_[q], options);
      const std::size_t hits = count_hits(found, nearest_[q], row_of(q), options.k);
      total += hits;
      squares += hits * hits;
    });
    const auto count = static_cast<double>(nodes_.size());
    const double mean = static_cast<double>(total) / count;
    const double variance = std::max(0.0, static_cast<double>(squares) / count - mean * mean);
    return (mean - std::sqrt(variance / count)) / static_cast<double>(options.k);
  }

  const GraphView& graph_;
  ThreadPool& pool_;
  std::vector<Node> nodes_;
  std::vector<std::vector<Neighbor>> nearest_;
  std::deque<GraphSearcher> searchers_;
};

}  // namespace

RecallCurves sample_recall(const GraphIndex& index, MatrixView rows, ThreadPool& pool) {
  Sample sample(index, rows, pool);
  RecallCurves curves;
  for (std::size_t s = 0; s < kSampledResults.size(); ++s) {
    curves.curves[s] = sample.curve(kSampledResults[s]);
  }
  return curves;
}

}  // namespace sememe::index
