#include "index/growing_editor.h"

#include <algorithm>
#include <cstring>

#include "base/error_context.h"
#include "kernels/byte_dot.h"

namespace sememe::index {
namespace {

// Edges whose ends are asked for ahead of their turn.
constexpr std::size_t kAhead = 6;

}  // namespace

GraphEditor::GraphEditor(GrowingStore& store, const vectors::MetricSpace& space,
                         const vectors::Rotation& rotation)
    : store_(store),
      space_(space),
      rotation_(rotation),
      chooser_(store, kDegree),
      notes_(store.capacity() * sizeof(EdgeNotes)),
      noted_(store.capacity(), false),
      mapped_(space.dims()),
      end_(rotation.rotated_dims()) {}

void GraphEditor::rotate(std::span<const float> row, std::span<float> out) {
  if (space_.metric() != vectors::Metric::kInnerProduct) {
    rotation_.rotate(row, out);  // under the cosine rows are unit vectors or zeros already
    return;
  }
  space_.map_row(row, mapped_);
  rotation_.rotate(mapped_, out);
}

float GraphEditor::distance(Node a, Node b) const {
  return squared_distance(store_.scale(a), store_.scale(b),
                          kernels::byte_dot(store_.code(a), store_.code(b)));
}

void GraphEditor::append_edges(Node p, std::vector<Near>& out) const {
  const std::span<const Node, kDegree> edges = store_.block(p).edges();
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (e + kAhead < kDegree && edges[e + kAhead] != kNoNode) {
      store_.prefetch_code(edges[e + kAhead]);
    }
    if (edges[e] != kNoNode) out.push_back({distance(p, edges[e]), edges[e]});
  }
}

ChosenEdges GraphEditor::choose(std::vector<Near>& candidates) {
  std::ranges::sort(candidates);
  const std::span<const Near> edges = chooser_.choose(candidates, Room::kFill);
  return {edges, chooser_.shortfalls()};
}

EdgeNotes& GraphEditor::notes(Node p) {
  if (!noted_[p]) {
    edges_.clear();
    append_edges(p, edges_);
    note(p, choose(edges_));
  }
  return notes_at(p);
}

void GraphEditor::note(Node p, const ChosenEdges& chosen) {
  const std::span<const Node, kDegree> ends = store_.block(p).edges();
  EdgeNotes& notes = notes_at(p);
  for (std::size_t i = 0; i < chosen.edges.size(); ++i) {
    const auto e =
        static_cast<std::size_t>(std::ranges::find(ends, chosen.edges[i].node) - ends.begin());
    notes.distances[e] = chosen.edges[i].distance;
    notes.shortfalls[e] = chosen.shortfalls[i];
  }
  noted_[p] = true;
}

void GraphEditor::write(Node p, const CodedVector& vector, const ChosenEdges& chosen,
                        std::span<const float> ends) {
  const BlockLayout& layout = store_.layout();
  const std::span<std::byte> block = store_.next_block();
  std::ranges::fill(block, std::byte{0});
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (e < chosen.edges.size()) {
      put_edge(layout, block, e,
               {.to = chosen.edges[e].node,
                .from_vector = vector.rotated,
                .to_vector = ends.subspan(e * layout.dims, layout.dims)});
    } else {
      clear_edge(layout, block, e);
    }
  }
  const BlockTail tail = {.scale = vector.scale, .row = p, .copies = 0};
  std::memcpy(block.data() + layout.code(), vector.code.data(), layout.dims);
  std::memcpy(block.data() + layout.tail(), &tail, sizeof(tail));
  store_.publish(p);
  note(p, chosen);
}

std::span<std::byte> GraphEditor::copy_of_block(Node p) {
  const std::span<std::byte> block = store_.next_block();
  std::memcpy(block.data(), store_.block(p).codes().data(), block.size());
  return block;
}

void GraphEditor::replace(const NodeVector& p, const ChosenEdges& chosen) {
  SEMEME_CHECK(chosen.edges.size() <= kDegree);
  const BlockLayout& layout = store_.layout();
  const std::span<std::byte> block = copy_of_block(p.node);
  std::array<Node, kDegree> ends;
  std::ranges::copy(store_.block(p.node).edges(), ends.begin());
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (ends[e] == kNoNode ||
        std::ranges::find(chosen.edges, ends[e], &Near::node) != chosen.edges.end()) {
      continue;
    }
    clear_edge(layout, block, e);
    ends[e] = kNoNode;
  }
  for (const Near& edge : chosen.edges) {
    if (std::ranges::find(ends, edge.node) != ends.end()) continue;
    auto* const place = std::ranges::find(ends, kNoNode);
    *place = edge.node;
    rotate(edge.node, end_);
    put_edge(layout, block, static_cast<std::size_t>(place - ends.begin()),
             {.to = edge.node, .from_vector = p.rotated, .to_vector = end_});
  }
  store_.publish(p.node);
  note(p.node, chosen);
}

void GraphEditor::redirect(const NodeVector& p, std::size_t e, const NodeVector& to) {
  const BlockLayout& layout = store_.layout();
  const std::span<std::byte> block = copy_of_block(p.node);
  clear_edge(layout, block, e);
  put_edge(layout, block, e, {.to = to.node, .from_vector = p.rotated, .to_vector = to.rotated});
  store_.publish(p.node);
}

}  // namespace sememe::index
