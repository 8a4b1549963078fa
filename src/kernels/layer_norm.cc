#include "kernels/layer_norm.h"

#include <array>
#include <cmath>
#include <cstddef>

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
  // Eight sums side by side, in an order that no compiler may change: one sum alone would wait for
  // each addition (0.3 us for 256 numbers, as much as a static model takes for a short text).
  std::array<double, 8> sums = {};
  std::size_t i = 0;
  for (; i + sums.size() <= x.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += double{x[i + j]} * double{x[i + j]};
  }
  for (std::size_t j = 0; i + j < x.size(); ++j) sums[j] += double{x[i + j]} * double{x[i + j]};
  const double squares =
      ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  if (squares == 0) return;
  const double factor = 1 / std::sqrt(squares);
  // In f32 where the factor has its full precision there: twice the numbers in a register.
  if (factor >= 0x1p-126 && factor <= 0x1p127) {
    const auto narrow = static_cast<float>(factor);
    for (float& value : x) value *= narrow;
  } else {
    for (float& value : x) value = static_cast<float>(value * factor);
  }
}

}  // namespace sememe::kernels
