#include "index/growing_linker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "kernels/byte_dot.h"

namespace sememe::index {
namespace {

// By how much a node at `distance` falls short of the rule beside a kept one that is `apart` from
// it. One of several equal vectors stands for all of them.
float shortfall_of(float distance, float apart) {
  return apart > 0 ? distance / apart : std::numeric_limits<float>::infinity();
}

// The order in which edges give way, last first: those that keep to the rule by length, before them
// the others by how much they fall short of it.
std::pair<float, float> rank_of(float shortfall, float distance) {
  return {shortfall > 1 ? shortfall : 0.0F, distance};
}

}  // namespace

Linker::Linker(GrowingStore& store, GraphEditor& editor, std::size_t effort)
    : store_(store),
      editor_(editor),
      effort_(effort),
      walk_(store.capacity()),
      query_(store.dims()),
      vector_(store.dims()),
      known_(store.capacity() * sizeof(Known)) {}

void Linker::set(std::span<const float> row) {
  editor_.rotate(row, vector_);
  query_.set(vector_);
}

void Linker::link(Node p) {
  node_ = p;
  find_candidates();
  const ChosenEdges chosen = editor_.choose(candidates_);
  edges_.assign(chosen.edges.begin(), chosen.edges.end());
  shortfalls_.assign(chosen.shortfalls.begin(), chosen.shortfalls.end());
  const std::size_t dims = vector_.size();
  ends_.resize(edges_.size() * dims);
  const auto end_of = [&](std::size_t e) { return std::span(ends_).subspan(e * dims, dims); };
  for (std::size_t e = 0; e < edges_.size(); ++e) editor_.rotate(edges_[e].node, end_of(e));
  editor_.write(p, {.rotated = vector_, .code = query_.code(), .scale = query_.scale()},
                {edges_, shortfalls_}, ends_);
  if (edges_.empty()) {
    store_.set_entry(p);
    return;
  }
  bool led = false;
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    led |= lead_back(edges_[e], {edges_[e].node, end_of(e)});
  }
  if (!led) lead_by_force(edges_.front(), {edges_.front().node, end_of(0)});
}

// Removed nodes only where there are no others: edges to them would have to go again.
void Linker::find_candidates() {
  if (++insert_ == 0) {
    known_ = ReservedMemory(known_.size());
    insert_ = 1;
  }
  candidates_.clear();
  const auto found =
      walk_.run(store_.view(), query_, {.places = store_.effort_among_removed(effort_)});
  for (const Near& near : found) {
    known(near.node) = {insert_, near.distance};
    if (store_.any_live(near.node)) candidates_.push_back(near);
  }
  if (candidates_.empty()) candidates_.assign(found.begin(), found.end());
}

float Linker::distance(Node p) {
  Known& known = this->known(p);
  if (known.insert != insert_) {
    const std::int32_t product = kernels::byte_dot(query_.code(), store_.code(p));
    known = {insert_, squared_distance(query_.scale(), store_.scale(p), product)};
  }
  return known.distance;
}

// The rule that `from` chose its edges by, for one more: it takes the new node in where it has room
// for it, or in place of the edge that falls short of the rule by more. Edges that fall to the new
// node are raised; those that had fallen to one that now falls stay where they are.
bool Linker::lead_back(const Near& from, const NodeVector& from_vector) {
  EdgeNotes& notes = editor_.notes(from.node);
  const float shortfall = shortfall_beside(from, notes);
  if (shortfall <= 1) raise_beyond(from, notes);
  const std::span<const Node, kDegree> ends = store_.block(from.node).edges();
  std::size_t place = 0;
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (ends[e] == kNoNode) {
      place = e;
      break;
    }
    const auto rank = rank_of(notes.shortfalls[e], notes.distances[e]);
    if (rank > rank_of(notes.shortfalls[place], notes.distances[place])) place = e;
  }
  const auto worst = rank_of(notes.shortfalls[place], notes.distances[place]);
  if (ends[place] != kNoNode && rank_of(shortfall, from.distance) >= worst) return false;
  take_in(from, from_vector, place, shortfall);
  return true;
}

float Linker::shortfall_beside(const Near& from, const EdgeNotes& notes) {
  const std::span<const Node, kDegree> ends = store_.block(from.node).edges();
  std::array<Node, kDegree> nearer;
  std::size_t count = 0;
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (ends[e] == kNoNode || notes.shortfalls[e] > 1 || notes.distances[e] > from.distance) {
      continue;
    }
    if (known(ends[e]).insert != insert_) store_.prefetch_code(ends[e]);
    nearer[count++] = ends[e];
  }
  float shortfall = 0;
  for (const Node end : std::span(nearer).first(count)) {
    shortfall = std::max(shortfall, shortfall_of(from.distance, distance(end)));
  }
  return shortfall;
}

void Linker::raise_beyond(const Near& from, EdgeNotes& notes) {
  const std::span<const Node, kDegree> ends = store_.block(from.node).edges();
  const auto farther = [&](std::size_t e) {
    return ends[e] != kNoNode && notes.distances[e] > from.distance;
  };
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (farther(e) && known(ends[e]).insert != insert_) store_.prefetch_code(ends[e]);
  }
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (!farther(e)) continue;
    const float beside = shortfall_of(notes.distances[e], distance(ends[e]));
    notes.shortfalls[e] = std::max(notes.shortfalls[e], beside);
  }
}

void Linker::take_in(const Near& from, const NodeVector& from_vector, std::size_t e,
                     float shortfall) {
  editor_.redirect(from_vector, e, {node_, vector_});
  EdgeNotes& notes = editor_.notes(from.node);
  notes.distances[e] = from.distance;
  notes.shortfalls[e] = shortfall;
}

// In place of the longest edge: a node that nothing leads to is never found.
void Linker::lead_by_force(const Near& from, const NodeVector& from_vector) {
  const EdgeNotes& notes = editor_.notes(from.node);
  const auto e = std::ranges::max_element(notes.distances) - notes.distances.begin();
  take_in(from, from_vector, static_cast<std::size_t>(e), 0);
}

}  // namespace sememe::index
