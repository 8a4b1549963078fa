#include "index/flat_bytes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "index/flat_scan.h"

namespace sememe::index {
namespace {

constexpr auto kInt8 = kernels::Quantization::kInt8;

// What is added to products: under L2 the order is that of x.q - |x|^2 / 2.
std::vector<float> offsets(MatrixView rows, vectors::Metric metric) {
  std::vector<float> out(rows.rows);
  for (std::size_t r = 0; r < rows.rows && metric == vectors::Metric::kL2; ++r) {
    out[r] = static_cast<float>(-0.5 * vectors::squared_length(rows.row(r)));
  }
  return out;
}

}  // namespace

struct FlatByteIndex::Part {
  MatrixView queries;
  std::size_t k;
  std::size_t candidates;
  const RowSet* allowed;
};

std::size_t FlatByteIndex::block_floats() const {
  return kernels::QuantizedWeights::byte_size(kBlockRows, rows_.cols, kInt8) / sizeof(float);
}

FlatByteIndex::FlatByteIndex(MatrixView rows, vectors::Metric metric)
    : rows_(rows), metric_(metric) {
  const std::size_t blocks = (rows.rows + kBlockRows - 1) / kBlockRows;
  codes_ = kernels::AlignedFloats(blocks * block_floats());
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t first = b * kBlockRows;
    const MatrixView some = {rows.data + first * rows.cols, std::min(kBlockRows, rows.rows - first),
                             rows.cols};
    for (std::size_t r = 0; r < some.rows; ++r) {
      within(concat("row ", first + r), [&] { vectors::check_finite(some.row(r)); });
    }
    const kernels::QuantizedWeights made({some.data, some.rows * some.cols}, offsets(some, metric),
                                         some.cols, {}, kInt8, isa_);
    float* at = codes_.data() + b * block_floats();
    std::memcpy(at, made.bytes().data(), made.bytes().size());
    blocks_.emplace_back(some.rows, some.cols, kInt8, isa_,
                         std::span(reinterpret_cast<const std::uint8_t*>(at), made.bytes().size()));
  }
}

void FlatByteIndex::search_part(const Part& part, std::span<std::vector<Neighbor>> out) const {
  const std::size_t count = part.queries.rows;
  kernels::QuantizedRows levels(kInt8, isa_);
  levels.grow(count, rows_.cols);
  kernels::quantize(count, {part.queries.data, rows_.cols}, {}, levels.from(0));
  std::vector<BestRows> best(count, BestRows(part.candidates));
  std::vector<float> scores(count * kBlockRows);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const kernels::QuantizedWeights& block = blocks_[b];
    if (!any_allowed(part.allowed, b * kBlockRows, block.n())) continue;
    kernels::quantized_gemm(count, levels.from(0), block, {scores.data(), kBlockRows},
                            kernels::QuantizedEpilogue::kBias);
    for (std::size_t q = 0; q < count; ++q) {
      best[q].offer_all(b * kBlockRows, std::span(scores).subspan(q * kBlockRows, block.n()),
                        part.allowed);
    }
  }
  for (std::size_t q = 0; q < count; ++q) {
    out[q] = refine(rows_, metric_, part.queries.row(q), best[q].take_by_row(), part.k);
  }
}

std::vector<Neighbor> FlatByteIndex::search(std::span<const float> query, std::size_t k,
                                            const RowSet* allowed, double oversample) const {
  return search_batch({query.data(), 1, query.size()}, k, nullptr, allowed, oversample).front();
}

std::vector<std::vector<Neighbor>> FlatByteIndex::search_batch(MatrixView queries, std::size_t k,
                                                               ThreadPool* pool,
                                                               const RowSet* allowed,
                                                               double oversample) const {
  SEMEME_CHECK(queries.cols == rows_.cols);
  SEMEME_CHECK(allowed == nullptr || allowed->size() == size());
  const std::size_t candidates = candidate_count(k, oversample, size());
  return search_parts(
      queries, pool, [&](std::size_t, MatrixView part, std::span<std::vector<Neighbor>> out) {
        search_part({.queries = part, .k = k, .candidates = candidates, .allowed = allowed}, out);
      });
}

}  // namespace sememe::index
