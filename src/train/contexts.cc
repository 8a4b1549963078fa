#include "train/contexts.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/error_context.h"
#include "kernels/gather.h"

namespace sememe::train {
namespace {

// The price of moving a row, as a share of the mean weight that the contexts give it. From 0.2 to
// 0.8 the quality stays the same (decision 0009).
constexpr double kRidge = 0.4;
// The residual is then below a thousandth of what it was.
constexpr int kIterations = 20;
// Rows of a piece of work, and of a partial sum: the order of all sums follows from it alone.
constexpr std::size_t kGrain = 256;

// Unbiased enough for shuffling: the product's high half of a 64-bit random number.
std::size_t below(std::size_t limit, std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  mixed ^= mixed >> 31;
  return static_cast<std::size_t>((static_cast<unsigned __int128>(mixed) * limit) >> 64);
}

kernels::RowTable table_of(const Matrix& matrix) {
  return {.data = reinterpret_cast<const std::byte*>(matrix.values.data()),
          .type = kernels::RowType::kF32,
          .rows = matrix.rows,
          .cols = matrix.cols};
}

// The linear map from rows to contexts, X[n, v] = (times v stands in n) / length of n, and its
// transpose; both are gathers.
class ContextMap {
 public:
  ContextMap(const Sequences& contexts, std::size_t vocabulary, ThreadPool& pool)
      : contexts_(contexts), pool_(pool), starts_(vocabulary + 1) {
    for (const TokenId id : contexts.ids) ++starts_[static_cast<std::size_t>(id) + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    members_.resize(contexts.ids.size());
    shares_.resize(contexts.ids.size());
    for (std::size_t n = 0; n < contexts.size(); ++n) {
      const std::size_t length = contexts.starts[n + 1] - contexts.starts[n];
      for (std::size_t t = contexts.starts[n]; t < contexts.starts[n + 1]; ++t) {
        const std::size_t place = next[static_cast<std::size_t>(contexts.ids[t])]++;
        members_[place] = TokenId{static_cast<std::uint32_t>(n)};
        shares_[place] = 1.0F / static_cast<float>(length);
      }
    }
  }

  /// out[N, H] = X rows
  void apply(const Matrix& rows, Matrix& out) const {
    each_row(out.rows, [&](std::size_t n) {
      kernels::gather_mean(
          table_of(rows),
          std::span(contexts_.ids)
              .subspan(contexts_.starts[n], contexts_.starts[n + 1] - contexts_.starts[n]),
          {}, out.row(n));
    });
  }
  /// out[V, H] = X^T contexts + ridge * rows
  void apply_transposed(const Matrix& contexts, double ridge, const Matrix& rows,
                        Matrix& out) const {
    const auto factor = static_cast<float>(ridge);
    each_row(out.rows, [&](std::size_t v) {
      const std::size_t count = starts_[v + 1] - starts_[v];
      const std::span<float> row = out.row(v);
      kernels::gather_mean(table_of(contexts), std::span(members_).subspan(starts_[v], count),
                           std::span(shares_).subspan(starts_[v], count), row);
      const std::span<const float> own = rows.row(v);
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = row[i] * static_cast<float>(count) + factor * own[i];
      }
    });
  }
  /// The mean of the diagonal of X^T X.
  double mean_weight() const {
    double total = 0;
    for (const float share : shares_) total += double{share} * double{share};
    return total / static_cast<double>(starts_.size() - 1);
  }

 private:
  template <class Body>
  void each_row(std::size_t rows, const Body& body) const {
    pool_.parallel_for((rows + kGrain - 1) / kGrain, [&](std::size_t grain, std::size_t) {
      const std::size_t end = std::min(rows, (grain + 1) * kGrain);
      for (std::size_t row = grain * kGrain; row < end; ++row) body(row);
    });
  }

  const Sequences& contexts_;
  ThreadPool& pool_;
  std::vector<std::size_t> starts_;  // [V + 1] into members_ and shares_
  std::vector<TokenId> members_;     // the contexts of each token
  std::vector<float> shares_;        // 1 / length of each of them
};

// Elementwise work on whole matrices, in pieces whose partial sums are added in order.
class Algebra {
 public:
  explicit Algebra(ThreadPool& pool) : pool_(pool) {}

  double dot(const Matrix& a, const Matrix& b) const {
    const std::size_t grain = kGrain * a.cols;
    std::vector<double> parts((a.values.size() + grain - 1) / grain);
    pool_.parallel_for(parts.size(), [&](std::size_t part, std::size_t) {
      const std::size_t end = std::min(a.values.size(), (part + 1) * grain);
      double sum = 0;
      for (std::size_t i = part * grain; i < end; ++i) {
        sum += double{a.values[i]} * double{b.values[i]};
      }
      parts[part] = sum;
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }
  /// a = alpha * a + beta * b
  void combine(double alpha, Matrix& a, double beta, const Matrix& b) const {
    const auto x = static_cast<float>(alpha);
    const auto y = static_cast<float>(beta);
    const std::size_t grain = kGrain * a.cols;
    pool_.parallel_for((a.values.size() + grain - 1) / grain, [&](std::size_t part, std::size_t) {
      const std::size_t end = std::min(a.values.size(), (part + 1) * grain);
      for (std::size_t i = part * grain; i < end; ++i) {
        a.values[i] = x * a.values[i] + y * b.values[i];
      }
    });
  }

 private:
  ThreadPool& pool_;
};

}  // namespace

void subtract_mean(Matrix& rows) {
  std::vector<double> mean(rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.cols; ++c) mean[c] += rows.row(r)[c];
  }
  for (double& value : mean) value /= static_cast<double>(rows.rows);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.cols; ++c) {
      rows.row(r)[c] = static_cast<float>(rows.row(r)[c] - mean[c]);
    }
  }
}

Sequences random_contexts(std::size_t vocabulary, std::size_t rounds, std::size_t length,
                          std::uint64_t seed) {
  Sequences contexts;
  std::vector<TokenId> order;
  for (std::size_t i = 0; i < vocabulary; ++i) {
    order.push_back(TokenId{static_cast<std::uint32_t>(i)});
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = vocabulary; i > 1; --i) std::swap(order[i - 1], order[below(i, seed)]);
    for (std::size_t i = 0; i < vocabulary; i += length) {
      contexts.append(std::span(order).subspan(i, std::min(length, vocabulary - i)));
    }
  }
  return contexts;
}

void fit_rows(const Sequences& contexts, Matrix targets, Matrix& rows, ThreadPool& pool) {
  SEMEME_CHECK(targets.rows == contexts.size() && targets.cols == rows.cols);
  const ContextMap map(contexts, rows.rows, pool);
  const Algebra algebra(pool);
  const double ridge = kRidge * map.mean_weight();
  subtract_mean(targets);
  // The scale at which the rows as they are explain the targets best; then residual = targets - X
  // rows.
  Matrix means(contexts.size(), rows.cols);
  map.apply(rows, means);
  const double scale = algebra.dot(means, targets) / algebra.dot(means, means);
  algebra.combine(scale, rows, 0, rows);
  algebra.combine(-scale, means, 1, targets);

  // Conjugate gradients for (X^T X + ridge) moved = X^T residual.
  Matrix moved(rows.rows, rows.cols);
  Matrix residual(rows.rows, rows.cols);
  map.apply_transposed(means, 0, moved, residual);
  Matrix direction = residual;
  Matrix image(rows.rows, rows.cols);
  double size = algebra.dot(residual, residual);
  for (int i = 0; i < kIterations && size > 0; ++i) {
    map.apply(direction, means);
    map.apply_transposed(means, ridge, direction, image);
    const double step = size / algebra.dot(direction, image);
    algebra.combine(1, moved, step, direction);
    algebra.combine(1, residual, -step, image);
    const double next = algebra.dot(residual, residual);
    algebra.combine(next / size, direction, 1, residual);
    size = next;
  }
  algebra.combine(1, rows, 1, moved);
}

}  // namespace sememe::train
