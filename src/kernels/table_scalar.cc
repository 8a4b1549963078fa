// The scalar tier: plain loops, in double where the result is rounded once at the end. It is the
// oracle of the other tiers and the only tier of other processors.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/constants.h"
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kPanel = 16;

void dot_rows(const float* query, const float* rows, std::size_t n, std::size_t row_count,
              float* out) {
  for (std::size_t r = 0; r < row_count; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += double{query[i]} * double{rows[r * n + i]};
    out[r] = static_cast<float>(sum);
  }
}

std::size_t first_above(const float* scores, const float* thresholds, std::size_t n, bool each) {
  std::size_t i = 0;
  while (i < n && !(scores[i] > thresholds[each ? i : 0])) ++i;
  return i;
}

void exp2_array(const float* x, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>(std::exp2(std::max(double{x[i]}, -126.0)));
  }
}

void gelu_array(const float* x, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const double v = x[i];
    out[i] = static_cast<float>(0.5 * v * (1 + std::erf(v / std::numbers::sqrt2)));
  }
}

void gemm_rows(const GemmBlock& g) {
  for (std::size_t row = 0; row < g.m; ++row) {
    for (std::size_t column = 0; column < g.n; column += kPanel) {
      double sums[kPanel];
      const float* b = g.panels + column * g.k;
      for (std::size_t v = 0; v < kPanel; ++v) sums[v] = double{g.bias[column + v]};
      for (std::size_t i = 0; i < g.k; ++i) {
        const double x = g.a[row * g.lda + i];
        for (std::size_t v = 0; v < kPanel; ++v) sums[v] += x * double{b[i * kPanel + v]};
      }
      float* c = g.c + row * g.ldc + column;
      const std::size_t count = std::min(kPanel, g.n - column);
      for (std::size_t v = 0; v < count; ++v) {
        if (g.epilogue == Epilogue::kResidual) sums[v] += g.residual[row * g.ldr + column + v];
        c[v] = static_cast<float>(sums[v]);
      }
      if (g.epilogue == Epilogue::kGelu) gelu_array(c, count, c);
    }
  }
}

// Uses only the scores' memory: one row at a time.
void attend_row(const AttentionBlock& t, std::size_t head, std::size_t row) {
  const std::size_t hidden = t.heads * t.head_dim;
  const float* q = t.qkv + row * t.ld + head * t.head_dim;
  const float* keys = t.qkv + hidden + head * t.head_dim;
  const float* values = keys + hidden;
  float highest = -kInfinity;
  for (std::size_t i = 0; i < t.tokens; ++i) {
    double sum = 0;
    for (std::size_t d = 0; d < t.head_dim; ++d) sum += double{q[d]} * double{keys[i * t.ld + d]};
    t.scores[i] = static_cast<float>(sum);
    highest = std::max(highest, t.scores[i]);
  }
  double total = 0;
  for (std::size_t i = 0; i < t.tokens; ++i) {
    t.scores[i] = static_cast<float>(std::exp2((double{t.scores[i]} - highest) * t.scale));
    total += t.scores[i];
  }
  for (std::size_t d = 0; d < t.head_dim; ++d) {
    double sum = 0;
    for (std::size_t i = 0; i < t.tokens; ++i) sum += double{t.scores[i]} * values[i * t.ld + d];
    t.out[row * t.ld_out + head * t.head_dim + d] = static_cast<float>(sum / total);
  }
}

void attention_heads(const AttentionBlock& t) {
  for (std::size_t head = 0; head < t.heads; ++head) {
    for (std::size_t row = 0; row < t.tokens; ++row) attend_row(t, head, row);
  }
}

void layer_norm_rows(const LayerNormBlock& t) {
  const auto count = static_cast<double>(t.n);
  for (std::size_t r = 0; r < t.m; ++r) {
    float* x = t.x + r * t.ld;
    double mean = 0;
    for (std::size_t i = 0; i < t.n; ++i) mean += x[i] / count;
    double variance = 0;
    for (std::size_t i = 0; i < t.n; ++i) variance += (x[i] - mean) * (x[i] - mean) / count;
    const double factor = 1 / std::sqrt(variance + t.epsilon);
    for (std::size_t i = 0; i < t.n; ++i) {
      x[i] = static_cast<float>((x[i] - mean) * factor * t.gamma[i] + t.beta[i]);
    }
  }
}

void sum_three(const float* a, const float* b, const float* c, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = a[i] + b[i] + c[i];
}

void mean_rows(const float* x, std::size_t ld, std::size_t m, std::size_t n, float* out) {
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t r = 0; r < m; ++r) sum += x[r * ld + i];
    out[i] = static_cast<float>(sum / static_cast<double>(m));
  }
}

double peak_flops() {
  constexpr int kRounds = 10000;
  float sums[16] = {};
  for (int i = 0; i < kRounds; ++i) {
    for (float& sum : sums) sum = sum * 0.5F + 0.5F;
  }
  float total = 0;
  for (const float sum : sums) total += sum;
  return 2.0 * kRounds * 16 + (total < 0 ? 1 : 0);
}

}  // namespace

const KernelTable kScalarTable = {
    .panel_width = kPanel,
    .gemm = gemm_rows,
    .exp2 = exp2_array,
    .gelu = gelu_array,
    .dot_rows = dot_rows,
    .first_above = first_above,
    .attention = attention_heads,
    .layer_norm = layer_norm_rows,
    .sum_three = sum_three,
    .mean_rows = mean_rows,
    .peak_flops = peak_flops,
};

}  // namespace sememe::kernels
