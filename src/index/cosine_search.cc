#include "index/cosine_search.h"

#include "vectors/products.h"

namespace sememe::index {

std::vector<Neighbor> nearest_by_cosine(MatrixView rows, std::span<const float> query,
                                        std::size_t k, std::span<const std::size_t> excluded) {
  const Matrix units = vectors::unit_rows(rows);
  const Matrix unit_query = vectors::unit_rows({query.data(), 1, query.size()});
  RowFilter allowed(rows.rows, true);
  for (const std::size_t row : excluded) allowed[row] = false;
  return FlatIndex(units.view()).search(unit_query.row(0), k, allowed);
}

}  // namespace sememe::index
