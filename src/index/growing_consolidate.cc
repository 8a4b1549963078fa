#include "index/growing_consolidate.h"

#include <algorithm>

namespace sememe::index {
namespace {

// With fewer nodes to choose from than half of its places, a node is searched for.
constexpr std::size_t kFewCandidates = kDegree / 2;
// Places that a node gives to nodes that nothing else leads to.
constexpr std::ptrdiff_t kMostAdded = kDegree / 2;

}  // namespace

Consolidation::Consolidation(GrowingStore& store, GraphEditor& editor, std::size_t effort)
    : store_(store),
      editor_(editor),
      effort_(effort),
      bound_(store.bound()),
      dying_(bound_, false),
      walk_(bound_),
      query_(store.dims()),
      vector_(store.dims()),
      is_candidate_(bound_, false) {}

std::vector<Node> Consolidation::run() {
  std::vector<Node> freed;
  find_dying(freed);
  for (Node p = 0; p < bound_; ++p) {
    if (stays(p) && leads_to_dying(p)) repair(p);
  }
  move_entry();
  connect();
  std::ranges::sort(freed);
  return freed;
}

void Consolidation::find_dying(std::vector<Node>& freed) {
  for (Node p = 0; p < bound_; ++p) {
    if (!store_.is_node(p)) continue;
    dying_[p] = !store_.any_live(p);
    if (dying_[p]) freed.push_back(p);
    store_.unlink_removed(p, freed);
  }
}

bool Consolidation::leads_to_dying(Node p) const {
  return std::ranges::any_of(store_.block(p).edges(),
                             [&](Node end) { return end != kNoNode && dying_[end]; });
}

// New edges from its own and those of its dying neighbours.
void Consolidation::repair(Node p) {
  edges_.clear();
  candidates_.clear();
  editor_.append_edges(p, edges_);
  for (const Near& edge : edges_) {
    if (!dying_[edge.node]) {
      candidates_.push_back(edge);
      is_candidate_[edge.node] = true;
    }
  }
  for (const Near& edge : edges_) {
    if (!dying_[edge.node]) continue;
    for (const Node end : store_.block(edge.node).edges()) add_candidate(p, end);
  }
  editor_.rotate(p, vector_);
  if (candidates_.size() < kFewCandidates) add_searched(p);
  for (const Near& candidate : candidates_) is_candidate_[candidate.node] = false;
  editor_.replace({p, vector_}, editor_.choose(candidates_));
}

void Consolidation::add_candidate(Node p, Node candidate) {
  if (candidate == kNoNode || candidate == p || dying_[candidate] || is_candidate_[candidate]) {
    return;
  }
  candidates_.push_back({editor_.distance(p, candidate), candidate});
  is_candidate_[candidate] = true;
}

void Consolidation::add_searched(Node p) {
  query_.set(vector_);
  for (const Near& near :
       walk_.run(store_.view(), query_, {.places = store_.effort_among_removed(effort_)})) {
    add_candidate(p, near.node);
  }
}

// To the nearest node that stays.
void Consolidation::move_entry() {
  const Node entry = store_.entry();
  if (entry == kNoNode || !dying_[entry]) return;
  Near nearest;
  for (Node p = 0; p < bound_; ++p) {
    if (!stays(p)) continue;
    const Near near = {editor_.distance(entry, p), p};
    if (nearest.node == kNoNode || near < nearest) nearest = near;
  }
  store_.set_entry(nearest.node);
}

void Consolidation::reach(Node from) {
  std::vector<Node> waiting = {from};
  reached_[from] = true;
  while (!waiting.empty()) {
    const Node p = waiting.back();
    waiting.pop_back();
    for (const Node end : store_.block(p).edges()) {
      if (end == kNoNode || reached_[end]) continue;
      reached_[end] = true;
      waiting.push_back(end);
    }
  }
}

// An edge that is put in may take the place of the only way to another node; then that one is next.
// At most half of a node's places are given away, each once, so this comes to an end.
void Consolidation::connect() {
  if (store_.entry() == kNoNode) return;
  for (bool changed = true; changed;) {
    changed = false;
    reached_.assign(bound_, false);
    reach(store_.entry());
    for (Node p = 0; p < bound_; ++p) {
      if (!stays(p) || reached_[p] || !attach(p)) continue;
      changed = true;
      reach(p);
    }
  }
}

bool Consolidation::attach(Node p) {
  const Near from = nearest_leader(p);
  if (from.node == kNoNode) return false;
  lead(from, p);
  return true;
}

// Of its own edges, or else of all nodes.
Near Consolidation::nearest_leader(Node p) {
  edges_.clear();
  editor_.append_edges(p, edges_);
  Near nearest;
  const auto offer = [&](const Near& near) {
    if (nearest.node != kNoNode && !(near < nearest)) return;
    if (can_lead(near.node)) nearest = near;
  };
  for (const Near& edge : edges_) offer(edge);
  if (nearest.node != kNoNode) return nearest;
  for (Node q = 0; q < bound_; ++q) {
    if (reached_[q]) offer({editor_.distance(p, q), q});
  }
  return nearest;
}

bool Consolidation::can_lead(Node p) const {
  return reached_[p] && std::ranges::count(added_, p, &std::pair<Node, Node>::first) < kMostAdded;
}

// In place of the longest of its edges that were not put in here.
void Consolidation::lead(const Near& from, Node to) {
  const std::span<const Node, kDegree> ends = store_.block(from.node).edges();
  EdgeNotes& notes = editor_.notes(from.node);
  std::size_t place = kDegree;
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (ends[e] == kNoNode) {
      place = e;
      break;
    }
    if (std::ranges::find(added_, std::pair(from.node, ends[e])) != added_.end()) continue;
    if (place == kDegree || notes.distances[e] > notes.distances[place]) place = e;
  }
  std::vector<float> to_vector(vector_.size());
  editor_.rotate(from.node, vector_);
  editor_.rotate(to, to_vector);
  editor_.redirect({from.node, vector_}, place, {to, to_vector});
  notes.distances[place] = from.distance;
  notes.shortfalls[place] = 0;
  added_.emplace_back(from.node, to);
}

}  // namespace sememe::index
