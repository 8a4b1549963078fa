#include "index/growing_rows.h"

#include <cstring>

#include "base/hash.h"

namespace sememe::index {
namespace {

std::uint64_t hash_of(std::span<const float> row) { return xxh3_64(std::as_bytes(row)); }

}  // namespace

Node RowTable::find(MatrixView rows, std::span<const float> row) const {
  const auto [begin, end] = nodes_.equal_range(hash_of(row));
  for (auto at = begin; at != end; ++at) {
    if (std::memcmp(rows.row(at->second).data(), row.data(), row.size_bytes()) == 0) {
      return at->second;
    }
  }
  return kNoNode;
}

void RowTable::put(MatrixView rows, Node p) { nodes_.emplace(hash_of(rows.row(p)), p); }

void RowTable::remove(MatrixView rows, Node p) {
  const auto [begin, end] = nodes_.equal_range(hash_of(rows.row(p)));
  for (auto at = begin; at != end; ++at) {
    if (at->second != p) continue;
    nodes_.erase(at);
    return;
  }
}

}  // namespace sememe::index
