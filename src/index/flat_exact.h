// Exact scans of rows in some number format; internal, of flat_index.cc and flat_half.cc.
//
// One query: its product with each row. Several: a matrix product of blocks of rows, whose scores
// are off by a bound; what could be among the best is compared again as for one query, so both give
// the same results, bit for bit. Under L2 rows are ordered by x.q - |x|^2 / 2 first, likewise.
#ifndef SEMEME_INDEX_FLAT_EXACT_H_
#define SEMEME_INDEX_FLAT_EXACT_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/error_context.h"
#include "index/best_rows.h"
#include "index/flat_scan.h"
#include "kernels/above.h"
#include "kernels/gemm.h"

namespace sememe::index {

/// Below it a matrix product does not pay: its panels are at least 16 queries wide.
inline constexpr std::size_t kGemmQueries = 5;

/// The tier for a matrix product. Panels of AVX-512 are 64 queries wide, and few queries cost as
/// many: those of AVX2, 16 wide, take a third of the time for 16 and half of the registers for 32.
inline Isa gemm_isa(std::size_t queries) {
  const Isa isa = active_isa();
  return isa == Isa::kAvx512 && queries <= 32 ? Isa::kAvx2 : isa;
}

/// Twice the most that two ways to add up a product of these lengths may differ by: a chain of dims
/// roundings of 2^-24 each way (Cauchy and Schwarz bound the sum of sizes), and 2^-16 for AMX,
/// which splits its factors.
inline float score_margin(std::size_t dims, float query_length, float longest, bool l2) {
  const double roundings = static_cast<double>(dims + 16) * 0x1p-22 + 0x1p-14;
  const double sizes = double{longest} * (double{query_length} + (l2 ? double{longest} : 0.0));
  return static_cast<float>(roundings * sizes);
}

/// Rows: size(), dims() and
///   products(query, first, count, out)  exact products of one query
///   squares(first, count, out)          squared lengths
///   block(first, count, scratch)        the rows as f32 [count, dims()]
///   similarity(row, query)              exact, the bits of products() but for L2
template <class Rows>
class FlatExact {
 public:
  FlatExact(const Rows& rows, vectors::Metric metric, std::size_t k, const RowSet* allowed)
      : rows_(rows),
        l2_(metric == vectors::Metric::kL2),
        k_(std::min(k, rows.size())),
        allowed_(allowed) {
    SEMEME_CHECK(allowed == nullptr || allowed->size() == rows.size());
  }

  std::vector<Neighbor> search(std::span<const float> query) const {
    SEMEME_CHECK(query.size() == rows_.dims());
    ScanBuffer buffer(query.size_bytes(), kBlockRows);
    std::ranges::copy(query, buffer.query<float>().begin());
    BestRows best(k_);
    const float length = length_of(query);
    std::array<float, kBlockRows> squares;
    for_each_block([&](std::size_t first, std::size_t count) {
      const std::span out(buffer.scores(), count);
      rows_.products(buffer.query<float>(), first, count, out);
      if (l2_) {
        rows_.squares(first, count, std::span(squares).first(count));
        for (std::size_t i = 0; i < count; ++i) out[i] -= 0.5F * squares[i];
        best.widen(margin_of(std::span(squares).first(count), length));
      }
      best.offer_all(first, out, allowed_);
      if (l2_) keep_few(query, best);
    });
    return l2_ ? exact(query, best.take_by_row()) : best.take();
  }

  void search_batch(MatrixView queries, std::span<std::vector<Neighbor>> out) const {
    SEMEME_CHECK(queries.cols == rows_.dims());
    if (queries.rows < kGemmQueries) {
      for (std::size_t q = 0; q < queries.rows; ++q) out[q] = search(queries.row(q));
      return;
    }
    kernels::PackedWeights packed(queries.rows, queries.cols, gemm_isa(queries.rows));
    packed.fill(0, queries.data, std::vector<float>(queries.rows));
    std::vector<BestRows> best(queries.rows, BestRows(k_));
    std::vector<float> lengths;
    for (std::size_t q = 0; q < queries.rows; ++q) lengths.push_back(length_of(queries.row(q)));
    std::vector<float> scores(kGemmRows * queries.rows);
    std::vector<float> thresholds(queries.rows);
    std::vector<float> scratch;
    std::array<float, kGemmRows> squares;
    for_each_block([&](std::size_t begin, std::size_t total) {
      for (std::size_t first = begin; first < begin + total; first += kGemmRows) {
        const std::size_t count = std::min(kGemmRows, begin + total - first);
        const auto some = std::span(squares).first(count);
        rows_.squares(first, count, some);
        for (std::size_t q = 0; q < queries.rows; ++q) best[q].widen(margin_of(some, lengths[q]));
        const float* block = rows_.block(first, count, scratch);
        kernels::gemm(count, {block, queries.cols}, packed, {scores.data(), queries.rows});
        std::ranges::transform(best, thresholds.begin(), &BestRows::threshold);
        for (std::size_t r = 0; r < count; ++r) {
          if (allowed_ != nullptr && !allowed_->contains(first + r)) continue;
          const auto row = std::span(scores).subspan(r * queries.rows, queries.rows);
          if (l2_) std::ranges::for_each(row, [&](float& x) { x -= 0.5F * squares[r]; });
          offer(first + r, row, best, thresholds);
        }
        for (std::size_t q = 0; q < queries.rows; ++q) keep_few(queries.row(q), best[q]);
      }
    });
    for (std::size_t q = 0; q < queries.rows; ++q) {
      out[q] = exact(queries.row(q), best[q].take_by_row());
    }
  }

 private:
  // Rows of a matrix product: its scores for 64 queries are 64 KiB, and its rows stay in the second
  // level between their squares and their products.
  static constexpr std::size_t kGemmRows = 256;

  template <class Body>
  void for_each_block(Body&& body) const {
    if (k_ == 0) return;
    for (std::size_t first = 0; first < rows_.size(); first += kBlockRows) {
      const std::size_t count = std::min(kBlockRows, rows_.size() - first);
      if (any_allowed(allowed_, first, count)) body(first, count);
    }
  }

  // Scores of a row, one a query; thresholds: of best.
  static void offer(std::size_t row, std::span<const float> scores, std::span<BestRows> best,
                    std::span<float> thresholds) {
    for (std::size_t q = 0;; ++q) {
      q += kernels::first_above(scores.subspan(q), thresholds.subspan(q));
      if (q == scores.size()) return;
      best[q].offer(row, scores[q]);
      thresholds[q] = best[q].threshold();
    }
  }

  static float length_of(std::span<const float> query) {
    return static_cast<float>(std::sqrt(vectors::squared_length(query)));
  }

  // Rows that are no finite numbers have no part in it.
  float margin_of(std::span<const float> squares, float query_length) const {
    float highest = 0;
    for (const float square : squares) {
      if (std::isfinite(square)) highest = std::max(highest, square);
    }
    return score_margin(rows_.dims(), query_length, std::sqrt(highest), l2_);
  }

  // Of many rows within the margin of each other, such as duplicates, the exact best stay, with the
  // scores that they had.
  void keep_few(std::span<const float> query, BestRows& best) const {
    if (best.size() <= 4 * k_ + 4096) return;
    std::vector<Neighbor> scored = best.take_by_row();
    std::vector<Neighbor> kept = exact(query, scored);
    for (Neighbor& neighbor : kept) {
      neighbor = *std::ranges::lower_bound(scored, neighbor.row, {}, &Neighbor::row);
    }
    best.put_back(std::move(kept));
  }

  std::vector<Neighbor> exact(std::span<const float> query, std::vector<Neighbor> found) const {
    for (Neighbor& neighbor : found) neighbor.similarity = rows_.similarity(neighbor.row, query);
    std::erase_if(found, [](const Neighbor& n) { return !(n.similarity > -INFINITY); });
    std::ranges::sort(found, ranks_before);
    found.resize(std::min(k_, found.size()));
    return found;
  }

  const Rows& rows_;
  bool l2_;
  std::size_t k_;
  const RowSet* allowed_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_EXACT_H_
