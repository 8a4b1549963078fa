// What the writer of a growing index does to single nodes: measures and chooses edges, and writes
// blocks whose edges have changed.
#ifndef SEMEME_INDEX_GROWING_EDITOR_H_
#define SEMEME_INDEX_GROWING_EDITOR_H_

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/reserved_memory.h"
#include "index/graph_prune.h"
#include "index/growing_store.h"
#include "vectors/byte_codes.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::index {

/// A vector within the index: rotated, and as bytes.
struct CodedVector {
  std::span<const float> rotated;
  std::span<const std::int8_t> code;
  vectors::ByteScale scale;
};

/// A node and its rotated vector.
struct NodeVector {
  Node node = kNoNode;
  std::span<const float> rotated;
};

/// Edges of a node, once each and at most kDegree, and by how much each falls short of the rule
/// (graph_prune.h); 0 for one that is to stay in any case.
struct ChosenEdges {
  std::span<const Near> edges;
  std::span<const float> shortfalls;
};

/// What the writer knows of the edges of a node, by their places in its block: with it one more
/// edge is judged without reading the vectors of all ends.
struct EdgeNotes {
  std::array<float, kDegree> distances;
  std::array<float, kDegree> shortfalls;
};

class GraphEditor {
 public:
  /// Of memory that it uses for a row.
  static constexpr std::size_t kRowBytes = sizeof(EdgeNotes);

  GraphEditor(GrowingStore& store, const vectors::MetricSpace& space,
              const vectors::Rotation& rotation);

  /// out [rotated dims]: the row as it is within. 1 us for 384 dimensions, which is less than a
  /// vector of f32 beside each row would cost in memory.
  void rotate(std::span<const float> row, std::span<float> out);
  void rotate(Node p, std::span<float> out) { rotate(store_.rows().row(p), out); }

  float distance(Node a, Node b) const;
  /// Appends the edges of node p with their lengths.
  void append_edges(Node p, std::vector<Near>& out) const;
  /// At most kDegree of the candidates, which it puts in order. Valid until the next call.
  ChosenEdges choose(std::vector<Near>& candidates);
  /// What is known of the edges of p. May be changed until p is written again.
  EdgeNotes& notes(Node p);

  /// The first block of node p. ends: [edges, rotated dims], the vectors of the nodes that edges
  /// lead to.
  void write(Node p, const CodedVector& vector, const ChosenEdges& chosen,
             std::span<const float> ends);
  /// Gives a node these edges in place of those that it has. Only the codes of new ones are made.
  void replace(const NodeVector& p, const ChosenEdges& chosen);
  /// Makes edge `e` of p lead to another node than it does, if to any. The notes are the caller's.
  void redirect(const NodeVector& p, std::size_t e, const NodeVector& to);

 private:
  void note(Node p, const ChosenEdges& chosen);
  EdgeNotes& notes_at(Node p) const { return reinterpret_cast<EdgeNotes*>(notes_.data())[p]; }
  std::span<std::byte> copy_of_block(Node p);

  GrowingStore& store_;
  const vectors::MetricSpace& space_;
  const vectors::Rotation& rotation_;
  EdgeChooser<GrowingStore> chooser_;
  ReservedMemory notes_;     // [capacity]
  std::vector<bool> noted_;  // [capacity]
  std::vector<float> mapped_;
  std::vector<float> end_;
  std::vector<Near> edges_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_EDITOR_H_
