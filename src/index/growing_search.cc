// Searching a growing index.
#include <algorithm>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "index/flat_scan.h"
#include "index/growing_index.h"
#include "kernels/target.h"

namespace sememe::index {

GrowingSearcher::GrowingSearcher(const GrowingIndex& index)
    : index_(index),
      store_(index.store_),
      reader_(store_.epochs()),
      query_(store_.dims()),
      walk_(store_.capacity()),
      mapped_(index.space_.dims()),
      rotated_(store_.dims()) {}

std::vector<Neighbor> GrowingSearcher::search(std::span<const float> query,
                                              const GrowingSearch& options) {
  SEMEME_CHECK(query.size() == index_.dims());
  const Epochs::Pin pin(reader_);
  const std::size_t wanted = std::min(options.k, store_.live());
  if (wanted == 0) return {};
  index_.space_.map_query(query, mapped_);
  index_.rotation_.rotate(mapped_, rotated_);
  query_.set(rotated_);
  std::vector<Neighbor> nearest = walk(query, options);
  return nearest.size() < wanted ? scan(query, options.k) : nearest;
}

// Again with a longer queue when one was full of removed rows, or of estimates of too few nodes.
std::vector<Neighbor> GrowingSearcher::walk(std::span<const float> query,
                                            const GrowingSearch& options) {
  const GraphView graph = store_.view();
  const std::size_t wanted = std::min(options.k, store_.live());
  std::size_t effort = store_.effort_among_removed(std::max(options.effort, wanted));
  while (true) {
    nearest_.clear();
    for (const Near& near : walk_.run(graph, query_, {.places = effort})) {
      if (store_.any_live(near.node)) nearest_.push_back(near);
    }
    std::vector<Neighbor> found = exactly(query, options.k);
    if (found.size() >= wanted || effort >= kMostPlaces * wanted) return found;
    effort *= 2;
  }
}

std::vector<Neighbor> GrowingSearcher::exactly(std::span<const float> query, std::size_t k) {
  keep_nearest(nearest_, refined(k));
  std::vector<Neighbor> candidates;
  candidates.reserve(nearest_.size());
  for (const Near& near : nearest_) {
    kernels::prefetch_lines(store_.rows().row(near.node).data(), query.size_bytes());
    store_.append_live(near.node, k, candidates);
  }
  return refine(store_.rows(), index_.metric(), query, std::move(candidates), k);
}

std::vector<Neighbor> GrowingSearcher::scan(std::span<const float> query, std::size_t k) const {
  BestRows best(k);
  const std::size_t bound = store_.bound();
  for (std::size_t r = 0; r < bound; ++r) {
    if (!store_.is_live(static_cast<Node>(r))) continue;
    best.offer(r, similarity(index_.metric(), store_.rows().row(r), query));
  }
  return best.take();
}

}  // namespace sememe::index
