#include "kernels/layer_norm.h"

#include <cmath>

#include "base/error_context.h"
#include "kernels/table.h"

namespace sememe::kernels {

void layer_norm(std::size_t m, Rows x, const LayerNorm& norm, Isa isa) {
  SEMEME_CHECK(norm.gamma.size() == norm.beta.size());
  kernel_table(isa).layer_norm({.m = m,
                                .n = norm.gamma.size(),
                                .x = x.data,
                                .ld = x.stride,
                                .gamma = norm.gamma.data(),
                                .beta = norm.beta.data(),
                                .epsilon = norm.epsilon});
}

void sum_rows(std::span<const float> a, std::span<const float> b, std::span<const float> c,
              std::span<float> out, Isa isa) {
  SEMEME_CHECK(a.size() == out.size() && b.size() == out.size() && c.size() == out.size());
  kernel_table(isa).sum_three(a.data(), b.data(), c.data(), out.size(), out.data());
}

void mean_rows(std::size_t m, ConstRows x, std::span<float> out, Isa isa) {
  SEMEME_CHECK(m > 0);
  kernel_table(isa).mean_rows(x.data, x.stride, m, out.size(), out.data());
}

void l2_normalize(std::span<float> x) {
  double squares = 0;
  for (const float value : x) squares += double{value} * double{value};
  if (squares == 0) return;
  const double factor = 1 / std::sqrt(squares);
  for (float& value : x) value = static_cast<float>(value * factor);
}

}  // namespace sememe::kernels
