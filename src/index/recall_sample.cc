#include "index/recall_sample.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>

#include "base/random.h"
#include "index/flat_index.h"

namespace sememe::index {
namespace {

// Recall is sampled until it is this, or the visits that, or half of the nodes: then a scan costs
// less.
constexpr double kEnoughRecall = 0.999;
constexpr std::size_t kMostVisits = 1000;
// A compact graph's walk visits all neighbours of where it goes, by a fifth of what a hop reads.
constexpr std::size_t kMostCompactVisits = 10 * kMostVisits;
// Of each curve: searches for more results take as much longer.
constexpr std::size_t kSampledQueries = 500;
constexpr std::size_t kSampledHits = 10'000;

// Slack is sampled at multiples of the share by which the 20th nearest is farther than the tenth:
// from -1 on by quarters, above 1 by a quarter of itself. At 0 searches find 0.83 (text) to 0.90
// (synthetic), at 1 0.95 to 0.99.
constexpr float kFirst = -1;
constexpr float kLast = 100;
constexpr float kStep = 0.25F;
constexpr float kLeastSlack = -0.5F;
constexpr std::size_t kFewer = kSampledResults.front();
// Were all rows at one distance it would be 0, and no step would lead anywhere.
constexpr float kLeastGrowth = 0.005F;

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

  // The share by which the 20th nearest node is farther than the tenth, for half of the queries.
  float growth() {
    if (graph_.size <= 2 * kFewer || nodes_.empty()) return kLeastGrowth;
    std::vector<float> growths(nodes_.size());
    pool_.parallel_for(nodes_.size(), [&](std::size_t q, std::size_t worker) {
      searchers_[worker].search_without(nodes_[q], {.k = 2 * kFewer, .effort = {10 * kFewer}});
      const std::vector<float> distances = searchers_[worker].distances();
      if (distances.size() < 2 * kFewer || !(distances[kFewer - 1] > 0)) return;
      growths[q] = distances[2 * kFewer - 1] / distances[kFewer - 1] - 1;
    });
    const auto half = growths.begin() + static_cast<std::ptrdiff_t>(growths.size() / 2);
    std::ranges::nth_element(growths, half);
    return std::max(kLeastGrowth, *half);
  }

  std::vector<RecallAtEffort> curve(std::size_t k, float growth) {
    std::vector<RecallAtEffort> out;
    if (graph_.size <= k || nodes_.empty()) return out;
    for (float steps = kFirst; steps < kLast; steps += std::max(kStep, kStep * steps)) {
      const RecallAtEffort at = recall_at(k, std::max(steps * growth, kLeastSlack));
      if (out.empty() || at.visits > out.back().visits) out.push_back(at);
      if (at.recall > kEnoughRecall || at.visits >= std::min(most_visits(), graph_.size / 2)) break;
    }
    return out;
  }

 private:
  std::size_t most_visits() const {
    return graph_.layout.parts == Layout::kFast ? kMostVisits : kMostCompactVisits;
  }
  std::size_t row_of(std::size_t q) const { return graph_.block(nodes_[q]).tail().row; }

  // Recall less a standard error: half of all samples would promise more than queries get.
  RecallAtEffort recall_at(std::size_t k, float slack) {
    const GraphSearch options = {.k = k, .effort = {.visits = most_visits(), .slack = slack}};
    const std::size_t queries = std::min(nodes_.size(), kSampledHits / k);
    std::atomic<std::size_t> total = 0;
    std::atomic<std::size_t> squares = 0;
    std::atomic<std::size_t> visits = 0;
    pool_.parallel_for(queries, [&](std::size_t q, std::size_t worker) {
      const auto found = searchers_[worker].search_without(nodes_[q], options);
      const std::size_t hits = count_hits(found, nearest_[q], row_of(q), k);
      total += hits;
      squares += hits * hits;
      visits += searchers_[worker].visits();
    });
    const auto count = static_cast<double>(queries);
    const double mean = static_cast<double>(total) / count;
    const double variance = std::max(0.0, static_cast<double>(squares) / count - mean * mean);
    const double recall =
        std::max(0.0, mean - std::sqrt(variance / count)) / static_cast<double>(k);
    return {.visits = static_cast<std::uint32_t>(visits / queries),
            .slack = slack,
            .recall = static_cast<float>(recall)};
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
  const float growth = sample.growth();
  RecallCurves curves;
  for (std::size_t s = 0; s < kSampledResults.size(); ++s) {
    curves.curves[s] = sample.curve(kSampledResults[s], growth);
  }
  return curves;
}

}  // namespace sememe::index
