// Checks of a mapped index, node by node and row by row, when a search first comes to one: it reads
// a few hundred of them, and checking the whole file takes longer than comparing every row once.
#ifndef SEMEME_INDEX_GRAPH_CHECKS_H_
#define SEMEME_INDEX_GRAPH_CHECKS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/section_file.h"
#include "index/graph_file.h"
#include "sememe/types.h"

namespace sememe::index {

/// Any number of threads may check at once: at worst a node is checked twice.
class GraphChecks {
 public:
  /// name: of the file, in messages. file: with the sections of blocks, codes and checksums left to
  /// this. Borrows the rows.
  GraphChecks(std::string name, SectionFile file, const GraphParts& parts, MatrixView rows);

  /// Throws Error(kCorrupt), naming the file, the node and its place, unless the block of p is what
  /// was written and leads nowhere else than to nodes and rows. p: a node.
  void node(Node p) const {
    if (!checked_nodes_.contains(p)) check_node(p);
  }
  /// The same unless the row, one of those that node p stands for, is what the index was built of.
  void row(Node p, std::uint32_t row) const {
    if (!checked_rows_.contains(row)) check_row(p, row);
  }
  /// All nodes, rows and codes. Cost: a read of everything, the first time.
  void all() const;

 private:
  // Bits that are only ever set.
  class Marks {
   public:
    explicit Marks(std::size_t count) : words_(count / 64 + 1) {}
    bool contains(std::size_t i) const {
      return (words_[i / 64].load(std::memory_order_relaxed) >> (i % 64) & 1U) != 0;
    }
    void insert(std::size_t i) {
      words_[i / 64].fetch_or(std::uint64_t{1} << (i % 64), std::memory_order_relaxed);
    }

   private:
    std::vector<std::atomic<std::uint64_t>> words_;
  };

  void check_node(Node p) const;
  void check_row(Node p, std::uint32_t row) const;

  std::string name_;
  SectionFile file_;
  GraphParts parts_;
  GraphView graph_;
  MatrixView rows_;
  mutable Marks checked_nodes_;
  mutable Marks checked_rows_;
  mutable std::atomic<bool> all_ = false;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_CHECKS_H_
