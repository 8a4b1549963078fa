#include "index/graph_checks.h"

#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "index/equal_rows.h"

namespace sememe::index {

GraphChecks::GraphChecks(std::string name, SectionFile file, const GraphParts& parts,
                         MatrixView rows)
    : name_(std::move(name)),
      file_(std::move(file)),
      parts_(parts),
      graph_(graph_of(parts)),
      rows_(rows),
      checked_nodes_(graph_.size),
      checked_rows_(rows.rows) {}

void GraphChecks::check_node(Node p) const {
  within(name_, [&] {
    if (checksum_of_block(graph_, p) != parts_.checksums[p].block) {
      throw Error(ErrorCode::kCorrupt,
                  concat("expected node ", p, " at byte ",
                         file_.offset(kBlocksSection) + p * graph_.layout.bytes(),
                         " to fit its checksum, found another"));
    }
    index::check_node(parts_, p);
  });
  checked_nodes_.insert(p);
}

void GraphChecks::check_row(Node p, std::uint32_t row) const {
  within(name_, [&] {
    if (checksum_of_row(rows_, row) != parts_.checksums[p].row) {
      throw Error(ErrorCode::kCorrupt,
                  concat("expected row ", row, " of the vectors to fit the checksum of node ", p,
                         ", found another"));
    }
  });
  checked_rows_.insert(row);
}

void GraphChecks::all() const {
  if (all_.load(std::memory_order_acquire)) return;
  within(name_, [&] { file_.check(kCodesSection); });
  for (Node p = 0; p < graph_.size; ++p) {
    node(p);
    const BlockTail& tail = graph_.block(p).tail();
    row(p, tail.row);
    for (const std::uint32_t copy : copies_at(parts_.copies, tail.copies)) row(p, copy);
  }
  all_.store(true, std::memory_order_release);
}

}  // namespace sememe::index
