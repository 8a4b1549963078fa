#include "index/flat_bits.h"

#include <algorithm>
#include <array>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "index/flat_scan.h"
#include "kernels/bit_sums.h"
#include "vectors/bit_codes.h"

namespace sememe::index {
namespace {

constexpr std::size_t kLanes = kernels::kBitBlockRows;

std::vector<float> mean_row(MatrixView rows) {
  std::vector<double> sums(rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    within(concat("row ", r), [&] { vectors::check_finite(rows.row(r)); });
    for (std::size_t c = 0; c < rows.cols; ++c) sums[c] += double{rows.row(r)[c]};
  }
  std::vector<float> mean(rows.cols);
  const double count = std::max(1.0, static_cast<double>(rows.rows));
  for (std::size_t c = 0; c < rows.cols; ++c) mean[c] = static_cast<float>(sums[c] / count);
  return mean;
}

// out = the rotation of x - centre; scratch [x.size()].
void rotate_from(const vectors::Rotation& rotation, std::span<const float> centre,
                 std::span<const float> x, std::span<float> scratch, std::span<float> out) {
  for (std::size_t i = 0; i < x.size(); ++i) scratch[i] = x[i] - centre[i];
  rotation.rotate(scratch, out);
}

}  // namespace

struct FlatBitIndex::Query {
  std::vector<std::uint8_t> table;
  /// A product with a code's y is start + step * its sum of bytes.
  float start;
  float step;
  BestRows best;
};

// Codes, then factors, then offsets of 32 rows.
std::size_t FlatBitIndex::block_floats() const {
  return kernels::bit_block_bytes(rotation_.rotated_dims()) / sizeof(float) + 2 * kLanes;
}

FlatBitIndex::FlatBitIndex(MatrixView rows, vectors::Metric metric, std::uint64_t seed)
    : rows_(rows), metric_(metric), centre_(mean_row(rows)), rotation_(rows.cols, seed) {
  const std::size_t dims = rotation_.rotated_dims();
  const std::size_t blocks = (rows.rows + kLanes - 1) / kLanes;
  codes_ = kernels::AlignedFloats(blocks * block_floats());
  std::vector<float> difference(rows.cols);
  std::vector<float> rotated(dims);
  const std::size_t code_bytes = vectors::one_bit_bytes(dims);
  std::vector<std::uint8_t> codes(kLanes * code_bytes);
  for (std::size_t b = 0; b < blocks; ++b) {
    float* at = codes_.data() + b * block_floats();
    const std::size_t count = std::min(kLanes, rows.rows - b * kLanes);
    float* factors = at + kernels::bit_block_bytes(dims) / sizeof(float);
    for (std::size_t i = 0; i < count; ++i) {
      rotate_from(rotation_, centre_, rows.row(b * kLanes + i), difference, rotated);
      const vectors::BitFactors code =
          vectors::encode_one_bit(rotated, std::span(codes).subspan(i * code_bytes, code_bytes));
      factors[i] = code.factor;
      factors[kLanes + i] = metric == vectors::Metric::kL2 ? -0.5F * code.square : 0.0F;
    }
    kernels::pack_bit_block(std::span(codes).first(count * code_bytes), dims,
                            {reinterpret_cast<std::uint8_t*>(at), kernels::bit_block_bytes(dims)});
  }
}

FlatBitIndex::Query FlatBitIndex::prepare(std::span<const float> query,
                                          std::size_t candidates) const {
  // Under L2, |x - q|^2 = |r|^2 - 2 r.(q - c) + a constant; else x.q = r.q + a constant.
  std::vector<float> none(query.size());
  std::vector<float> scratch(query.size());
  std::vector<float> rotated(rotation_.rotated_dims());
  rotate_from(rotation_, metric_ == vectors::Metric::kL2 ? centre_ : none, query, scratch, rotated);
  Query out = {.table = std::vector<std::uint8_t>(kernels::bit_block_bytes(rotated.size())),
               .start = 0,
               .step = 0,
               .best = BestRows(candidates)};
  const kernels::BitTableScale scale = kernels::make_bit_table(rotated, out.table);
  out.start = scale.offset - 0.5F * vectors::bit_query(rotated).sum;
  out.step = scale.scale;
  return out;
}

void FlatBitIndex::scan_block(std::size_t first, std::size_t count, Query& query,
                              const RowSet* allowed) const {
  const std::size_t code_bytes = query.table.size();
  alignas(64) std::array<float, kBlockRows> scores;
  for (std::size_t i = 0; i < count; i += kLanes) {
    const float* at = codes_.data() + (first + i) / kLanes * block_floats();
    const float* factors = at + code_bytes / sizeof(float);
    const kernels::BitScoring scoring = {
        .start = query.start,
        .step = query.step,
        .factors = std::span<const float, kLanes>(factors, kLanes),
        .offsets = std::span<const float, kLanes>(factors + kLanes, kLanes)};
    kernels::bit_scores({reinterpret_cast<const std::uint8_t*>(at), code_bytes}, query.table,
                        scoring, std::span<float, kLanes>(scores.data() + i, kLanes));
  }
  query.best.offer_all(first, std::span(scores).first(count), allowed);
}

std::vector<Neighbor> FlatBitIndex::search(std::span<const float> query, std::size_t k,
                                           const RowSet* allowed, double oversample) const {
  return search_batch({query.data(), 1, query.size()}, k, nullptr, allowed, oversample).front();
}

std::vector<std::vector<Neighbor>> FlatBitIndex::search_batch(MatrixView queries, std::size_t k,
                                                              ThreadPool* pool,
                                                              const RowSet* allowed,
                                                              double oversample) const {
  SEMEME_CHECK(queries.cols == rows_.cols);
  SEMEME_CHECK(allowed == nullptr || allowed->size() == size());
  const std::size_t candidates = candidate_count(k, oversample, size());
  return search_parts(queries, pool,
                      [&](std::size_t, MatrixView part, std::span<std::vector<Neighbor>> out) {
                        std::vector<Query> prepared;
                        for (std::size_t q = 0; q < part.rows; ++q) {
                          prepared.push_back(prepare(part.row(q), candidates));
                        }
                        for (std::size_t first = 0; first < size(); first += kBlockRows) {
                          const std::size_t count = std::min(kBlockRows, size() - first);
                          if (!any_allowed(allowed, first, count)) continue;
                          for (Query& query : prepared) scan_block(first, count, query, allowed);
                        }
                        for (std::size_t q = 0; q < part.rows; ++q) {
                          out[q] = refine(rows_, metric_, part.row(q), prepared[q].best.take(), k);
                        }
                      });
}

}  // namespace sememe::index
