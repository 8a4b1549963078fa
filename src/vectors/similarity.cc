#include "vectors/similarity.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"

namespace sememe::vectors {

double cosine(std::span<const float> a, std::span<const float> b) {
  SEMEME_CHECK(a.size() == b.size());
  double dot = 0;
  double norm_a = 0;
  double norm_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    dot += x * y;
    norm_a += x * x;
    norm_b += y * y;
  }
  if (norm_a == 0 || norm_b == 0) return 0;
  return std::clamp(dot / std::sqrt(norm_a * norm_b), -1.0, 1.0);
}

Matrix cosine_matrix(MatrixView rows) {
  Matrix out(rows.rows, rows.rows);
  for (std::size_t i = 0; i < rows.rows; ++i) {
    for (std::size_t j = i; j < rows.rows; ++j) {
      const auto value = static_cast<float>(cosine(rows.row(i), rows.row(j)));
      out.row(i)[j] = value;
      out.row(j)[i] = value;
    }
  }
  return out;
}

float score_of_cosine(float cosine) { return std::clamp(cosine, 0.0F, 1.0F); }

}  // namespace sememe::vectors
