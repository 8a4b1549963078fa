#include "index/cosine_search.h"

#include <algorithm>

#include "vectors/products.h"

namespace sememe::index {
namespace {

// Rows that are brought to unit length at a time: 1.2 MB of 300 dimensions stay in the second-level
// cache until they are compared.
constexpr std::size_t kBlockRows = 1024;

bool more_similar(const Neighbor& a, const Neighbor& b) { return a.similarity > b.similarity; }

}  // namespace

std::vector<Neighbor> nearest_by_cosine(MatrixView rows, std::span<const float> query,
                                        std::size_t k, std::span<const std::size_t> excluded) {
  const Matrix unit_query = vectors::unit_rows({query.data(), 1, query.size()});
  std::vector<Neighbor> best;
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows - begin);
    const Matrix units = vectors::unit_rows({rows.row(begin).data(), count, rows.cols});
    RowSet allowed = RowSet::all(count);
    for (const std::size_t row : excluded) {
      if (row >= begin && row - begin < count) allowed.erase(row - begin);
    }
    const auto before = static_cast<std::ptrdiff_t>(best.size());
    for (const Neighbor& found : FlatIndex(units.view()).search(unit_query.row(0), k, allowed)) {
      best.push_back({begin + found.row, found.similarity});
    }
    std::inplace_merge(best.begin(), best.begin() + before, best.end(), more_similar);
    best.resize(std::min(k, best.size()));
  }
  return best;
}

}  // namespace sememe::index
