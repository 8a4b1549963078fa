// Takes removed nodes out of a growing graph.
#ifndef SEMEME_INDEX_GROWING_CONSOLIDATE_H_
#define SEMEME_INDEX_GROWING_CONSOLIDATE_H_

#include <cstddef>
#include <vector>

#include "index/graph_walk.h"
#include "index/growing_editor.h"
#include "index/growing_store.h"

namespace sememe::index {

/// One run of it, by the writer. A node whose rows were all removed is dying.
class Consolidation {
 public:
  /// effort: of searches for nodes most of whose neighbours are dying.
  Consolidation(GrowingStore& store, GraphEditor& editor, std::size_t effort);

  /// Afterwards no edge leads to a dying node, and every other one can be reached. Returns the rows
  /// whose places are to be freed, ascending: dying nodes, and removed rows among equal ones. A
  /// node that was removed itself stays as long as a row equal to it does.
  std::vector<Node> run();

 private:
  bool stays(Node p) const { return store_.is_node(p) && !dying_[p]; }
  bool leads_to_dying(Node p) const;
  void find_dying(std::vector<Node>& freed);
  void move_entry();
  void repair(Node p);
  void add_candidate(Node p, Node candidate);
  void add_searched(Node p);
  void reach(Node from);
  void connect();
  bool attach(Node p);
  Near nearest_leader(Node p);
  bool can_lead(Node p) const;
  void lead(const Near& from, Node to);

  GrowingStore& store_;
  GraphEditor& editor_;
  std::size_t effort_;
  std::size_t bound_;
  std::vector<bool> dying_;
  std::vector<bool> reached_;
  // Edges that connect() put in, in order: from, to. Few.
  std::vector<std::pair<Node, Node>> added_;

  GraphWalk walk_;
  GraphQuery query_;
  std::vector<float> vector_;
  std::vector<Near> edges_;
  std::vector<Near> candidates_;
  std::vector<bool> is_candidate_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GROWING_CONSOLIDATE_H_
