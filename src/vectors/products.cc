#include "vectors/products.h"

#include "base/error_context.h"
#include "kernels/gemm.h"
#include "vectors/metric.h"

namespace sememe::vectors {

Matrix products(MatrixView a, MatrixView b) {
  SEMEME_CHECK(a.cols == b.cols);
  Matrix out(a.rows, b.rows);
  if (a.rows == 0 || b.rows == 0) return out;
  kernels::PackedWeights packed(b.rows, b.cols);
  packed.fill(0, b.data, std::vector<float>(b.rows));
  kernels::gemm(a.rows, {a.data, a.cols}, packed, {out.values.data(), b.rows});
  return out;
}

Matrix unit_rows(MatrixView rows) {
  Matrix out(rows.rows, rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) to_unit_length(rows.row(r), out.row(r));
  return out;
}

}  // namespace sememe::vectors
