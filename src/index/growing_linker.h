// Makes a new row a node of a growing graph.
#ifndef SEMEME_INDEX_GROWING_LINKER_H_
#define SEMEME_INDEX_GROWING_LINKER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/reserved_memory.h"
#include "index/graph_walk.h"
#include "index/growing_editor.h"
#include "index/growing_store.h"

namespace sememe::index {

/// The writer's memory for it.
class Linker {
  // A distance from the new node, if it is of this insert.
  struct Known {
    std::uint32_t insert;
    float distance;
  };

 public:
  /// Of memory that it uses for a row.
  static constexpr std::size_t kRowBytes = sizeof(Known);

  /// effort: of the search for the new row.
  Linker(GrowingStore& store, GraphEditor& editor, std::size_t effort);

  /// The row that is linked next. Throws Error(kInvalidArgument) when its codes would have no
  /// numbers (vectors/byte_codes.h).
  void set(std::span<const float> row);
  /// Makes that row node p: gives it edges, and edges that lead to it.
  void link(Node p);

 private:
  void find_candidates();
  bool lead_back(const Near& from, const NodeVector& from_vector);
  void lead_by_force(const Near& from, const NodeVector& from_vector);
  float shortfall_beside(const Near& from, const EdgeNotes& notes);
  void raise_beyond(const Near& from, EdgeNotes& notes);
  void take_in(const Near& from, const NodeVector& from_vector, std::size_t e, float shortfall);
  Known& known(Node p) const { return reinterpret_cast<Known*>(known_.data())[p]; }
  float distance(Node p);

  GrowingStore& store_;
  GraphEditor& editor_;
  std::size_t effort_;
  GraphWalk walk_;
  GraphQuery query_;
  std::vector<float> vector_;
  std::vector<Near> candidates_;
  std::vector<Near> edges_;
  std::vector<float> shortfalls_;
  std::vector<float> ends_;
  ReservedMemory known_;  // [capacity]
  std::uint32_t insert_ = 0;
  Node node_ = kNoNode;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_LINKER_H_
