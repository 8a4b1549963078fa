#include "index/flat_bits.h"

#include <algorithm>
#include <bit>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "index/flat_scan.h"
#include "kernels/bit_sums.h"
#include "kernels/nibble_sums.h"
#include "kernels/scan_ahead.h"
#include "vectors/bit_codes.h"
#include "vectors/byte_codes.h"

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
  ScanBuffer buffer;  // with a table for one-bit codes, a code of bytes for others
  /// A product with a code's y is start + step * its sum.
  float start;
  float step;
  BestRows best;
  /// For blocks that the other queries of its part then find at hand.
  bool asks_ahead = false;
};

std::size_t FlatBitIndex::row_bytes() const {
  const std::size_t dims = rotation_.rotated_dims();
  return bits_ == CodeBits::kOne ? vectors::one_bit_bytes(dims) : vectors::four_bit_bytes(dims);
}

std::size_t FlatBitIndex::block_bytes() const { return kLanes * row_bytes(); }

// Codes, then factors, then offsets of 32 rows.
std::size_t FlatBitIndex::block_floats() const {
  return block_bytes() / sizeof(float) + 2 * kLanes;
}

FlatBitIndex::FlatBitIndex(MatrixView rows, vectors::Metric metric, CodeBits bits,
                           std::uint64_t seed)
    : rows_(rows),
      metric_(metric),
      bits_(bits),
      centre_(mean_row(rows)),
      rotation_(rows.cols, seed) {
  const std::size_t dims = rotation_.rotated_dims();
  const std::size_t blocks = (rows.rows + kLanes - 1) / kLanes;
  codes_ = kernels::AlignedFloats(blocks * block_floats());
  std::vector<float> difference(rows.cols);
  std::vector<float> rotated(dims);
  const bool one = bits == CodeBits::kOne;
  const auto encode = one ? vectors::encode_one_bit : vectors::encode_four_bits;
  const auto pack = one ? kernels::pack_bit_block : kernels::pack_nibble_block;
  std::vector<std::uint8_t> codes(block_bytes());
  for (std::size_t b = 0; b < blocks; ++b) {
    float* at = codes_.data() + b * block_floats();
    const std::size_t count = std::min(kLanes, rows.rows - b * kLanes);
    float* factors = at + block_bytes() / sizeof(float);
    for (std::size_t i = 0; i < count; ++i) {
      rotate_from(rotation_, centre_, rows.row(b * kLanes + i), difference, rotated);
      const vectors::BitFactors code =
          encode(rotated, std::span(codes).subspan(i * row_bytes(), row_bytes()));
      factors[i] = code.factor;
      factors[kLanes + i] = metric == vectors::Metric::kL2 ? -0.5F * code.square : 0.0F;
    }
    const auto made = std::span(codes).first(count * row_bytes());
    const std::span<std::uint8_t> block = {reinterpret_cast<std::uint8_t*>(at), block_bytes()};
    pack(made, dims, block);
  }
}

FlatBitIndex::Query FlatBitIndex::prepare(std::span<const float> query,
                                          std::size_t candidates) const {
  // Under L2, |x - q|^2 = |r|^2 - 2 r.(q - c) + a constant; else x.q = r.q + a constant.
  std::vector<float> none(query.size());
  std::vector<float> scratch(query.size());
  std::vector<float> rotated(rotation_.rotated_dims());
  rotate_from(rotation_, metric_ == vectors::Metric::kL2 ? centre_ : none, query, scratch, rotated);
  const bool one = bits_ == CodeBits::kOne;
  Query out = {.buffer = ScanBuffer(one ? block_bytes() : rotated.size(), kLanes),
               .start = 0,
               .step = 0,
               .best = BestRows(candidates)};
  const float sum = vectors::bit_query(rotated).sum;
  if (one) {
    const kernels::BitTableScale scale =
        kernels::make_bit_table(rotated, out.buffer.query<std::uint8_t>());
    out.start = scale.offset - 0.5F * sum;
    out.step = scale.scale;
  } else {
    out.step = vectors::encode_bytes(rotated, out.buffer.query<std::int8_t>()).scale;
    out.start = -7.5F * sum;
  }
  return out;
}

void FlatBitIndex::scan_block(std::size_t first, std::size_t count, Query& query,
                              const RowSet* allowed) const {
  const std::span<float, kLanes> scores(query.buffer.scores(), kLanes);
  const std::size_t bytes = block_floats() * sizeof(float);
  const std::size_t blocks_left = (size() - first + kLanes - 1) / kLanes;
  const kernels::ScanAhead ahead(query.asks_ahead ? blocks_left : 0, bytes);
  for (std::size_t i = 0; i < count; i += kLanes) {
    const float* at = codes_.data() + (first + i) / kLanes * block_floats();
    const float* factors = at + block_bytes() / sizeof(float);
    const kernels::BitScoring scoring = {
        .start = query.start,
        .step = query.step,
        .threshold = query.best.threshold(),
        .factors = std::span<const float, kLanes>(factors, kLanes),
        .offsets = std::span<const float, kLanes>(factors + kLanes, kLanes)};
    const std::span codes = {reinterpret_cast<const std::uint8_t*>(at), block_bytes()};
    const bool asks = i / kLanes < ahead.askers();
    std::uint32_t above = 0;
    if (bits_ == CodeBits::kOne) {
      if (asks) ahead.ask(at);
      above = kernels::bit_scores(codes, query.buffer.query<std::uint8_t>(), scoring, scores);
    } else {
      // At once they came no sooner on an Emerald Rapids: the kernel asks as it goes.
      if (asks) kernels::prefetch_lines(factors + ahead.distance() / sizeof(float), 8 * kLanes);
      above = kernels::nibble_scores(codes, query.buffer.query<std::int8_t>(), scoring, scores,
                                     asks ? ahead.distance() : 0);
    }
    for (; above != 0; above &= above - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(above));
      const std::size_t row = first + i + lane;
      if (row >= size()) break;  // rows that fill up the last block
      if (allowed == nullptr || allowed->contains(row)) query.best.offer(row, scores[lane]);
    }
  }
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
  if (oversample == 0) {
    oversample = bits_ == CodeBits::kOne ? kBitOversample : kFourBitOversample;
  }
  const std::size_t candidates = candidate_count(k, oversample, size());
  return search_parts(
      queries, pool, [&](std::size_t, MatrixView part, std::span<std::vector<Neighbor>> out) {
        std::vector<Query> prepared;
        for (std::size_t q = 0; q < part.rows; ++q) {
          prepared.push_back(prepare(part.row(q), candidates));
        }
        prepared.front().asks_ahead = true;
        for (std::size_t first = 0; first < size(); first += kBlockRows) {
          const std::size_t count = std::min(kBlockRows, size() - first);
          if (!any_allowed(allowed, first, count)) continue;
          for (Query& query : prepared) scan_block(first, count, query, allowed);
        }
        for (std::size_t q = 0; q < part.rows; ++q) {
          out[q] = refine(rows_, metric_, part.row(q), prepared[q].best.take_by_row(), k);
        }
      });
}

}  // namespace sememe::index
