// Operations on the rows of a matrix: sums of embeddings, layer normalisation, pooling.
//
// A row's result depends on the row alone (mean_rows: on the rows it is given).
#ifndef SEMEME_KERNELS_LAYER_NORM_H_
#define SEMEME_KERNELS_LAYER_NORM_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"
#include "kernels/gemm.h"

namespace sememe::kernels {

/// gamma, beta [H] and the epsilon that is added to the variance.
struct LayerNorm {
  std::span<const float> gamma;
  std::span<const float> beta;
  float epsilon = 1e-12F;
};

/// Each row of x [m, H] becomes (x - mean) / sqrt(variance + epsilon) * gamma + beta, in place.
/// The mean is taken first and the variance around it, so a large common offset does no harm.
/// Error: at most 2e-6 of the largest result (layer_norm_test.cc).
void layer_norm(std::size_t m, Rows x, const LayerNorm& norm, Isa isa = active_isa());

/// out[i] = a[i] + b[i] + c[i]; all of one size (SEMEME_CHECKed).
void sum_rows(std::span<const float> a, std::span<const float> b, std::span<const float> c,
              std::span<float> out, Isa isa = active_isa());

/// out[i] = mean over the m >= 1 rows of x [m, out.size()], summed from the first row on.
void mean_rows(std::size_t m, ConstRows x, std::span<float> out, Isa isa = active_isa());

/// Scales x to length 1; the sum of squares runs in double, so the length is 1 within 1e-6 for any
/// finite x. A zero vector stays zero.
void l2_normalize(std::span<float> x);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_LAYER_NORM_H_
