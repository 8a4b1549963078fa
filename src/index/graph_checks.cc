#include "index/graph_checks.h"

#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "index/equal_rows.h"

namespace sememe::index {
namespace {

template <class Body>
void within_file(const Path& path, const Body& body) {
  within(concat(kGraphFormat.what, " ", quote(path.native())), body);
}

}  // namespace

GraphChecks::GraphChecks(Path path, SectionFile file, const GraphParts& parts, MatrixView rows)
    : path_(std::move(path)),
      file_(std::move(file)),
      parts_(parts),
      graph_(graph_of(parts)),
      rows_(rows),
      nodes_(graph_.size),
      rows_checked_(rows.rows) {}

void GraphChecks::check_node(Node p) const {
  within_file(path_, [&] {
    if (checksum_of_block(graph_, p) != parts_.checksums[p].block) {
      throw Error(ErrorCode::kCorrupt,
                  concat("expected node ", p, " at byte ",
                         file_.offset(kBlocksSection) + p * graph_.layout.bytes(),
                         " to fit its checksum, found another"));
    }
    index::check_node(parts_, p);
  });
  nodes_.insert(p);
}

void GraphChecks::check_row(Node p, std::uint32_t row) const {
  within_file(path_, [&] {
    if (checksum_of_row(rows_, row) != parts_.checksums[p].row) {
      throw Error(ErrorCode::kCorrupt,
                  concat("expected row ", row, " of the vectors to fit the checksum of node ", p,
                         ", found another"));
    }
  });
  rows_checked_.insert(row);
}

void GraphChecks::all() const {
  if (all_.load(std::memory_order_acquire)) return;
  within_file(path_, [&] { file_.check(kCodesSection); });
  for (Node p = 0; p < graph_.size; ++p) {
    node(p);
    const BlockTail& tail = graph_.block(p).tail();
    row(p, tail.row);
    for (const std::uint32_t copy : copies_at(parts_.copies, tail.copies)) row(p, copy);
  }
  all_.store(true, std::memory_order_release);
}

}  // namespace sememe::index
