#include "index/max_sim.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "base/error_context.h"
#include "index/best_rows.h"
#include "kernels/dot.h"

namespace sememe::index {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Vectors of a document whose products are made at a time.
constexpr std::size_t kBlock = 256;

void check_offsets(std::span<const std::size_t> offsets, std::size_t rows) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != rows) {
    throw Error(ErrorCode::kInvalidArgument,
                offsets.empty() ? "expected offsets of documents, found none"
                                : concat("expected offsets from 0 to ", rows, ", found ",
                                         offsets.front(), " to ", offsets.back()));
  }
  const auto at = std::ranges::adjacent_find(offsets, std::ranges::greater{});
  if (at == offsets.end()) return;
  throw Error(ErrorCode::kInvalidArgument,
              concat("document ", at - offsets.begin(), ": expected an end from row ", *at,
                     " on, found ", *(at + 1)));
}

}  // namespace

MultiVectors::MultiVectors(MatrixView vectors, std::span<const std::size_t> offsets)
    : vectors_(vectors), offsets_(offsets.begin(), offsets.end()) {
  check_offsets(offsets, vectors.rows);
  document_of_row_.resize(vectors.rows);
  for (std::size_t d = 0; d < size(); ++d) {
    std::fill(document_of_row_.begin() + static_cast<std::ptrdiff_t>(offsets[d]),
              document_of_row_.begin() + static_cast<std::ptrdiff_t>(offsets[d + 1]),
              static_cast<std::uint32_t>(d));
    not_empty_ += offsets[d] < offsets[d + 1] ? 1U : 0U;
  }
}

float MultiVectors::score(MatrixView query, std::size_t document) const {
  SEMEME_CHECK(query.cols == vectors_.cols && document < size());
  const std::size_t begin = offsets_[document];
  const std::size_t end = offsets_[document + 1];
  if (begin == end) return -kInfinity;
  double sum = 0;
  std::array<float, kBlock> products;
  for (std::size_t q = 0; q < query.rows; ++q) {
    float most = -kInfinity;
    for (std::size_t first = begin; first < end; first += kBlock) {
      const auto out = std::span(products).first(std::min(kBlock, end - first));
      kernels::dot_rows(query.row(q), vectors_.row(first).data(), out.size(), out);
      most = std::max(most, std::ranges::max(out));
    }
    sum += double{most};
  }
  return static_cast<float>(sum);
}

std::vector<Neighbor> MultiVectors::best_of(MatrixView query,
                                            std::span<const std::size_t> documents, std::size_t k,
                                            ThreadPool* pool) const {
  std::vector<float> scores(documents.size());
  const auto measure = [&](std::size_t i, std::size_t) { scores[i] = score(query, documents[i]); };
  if (pool != nullptr) {
    pool->parallel_for(documents.size(), measure);
  } else {
    for (std::size_t i = 0; i < documents.size(); ++i) measure(i, 0);
  }
  BestRows best(std::min(k, documents.size()));
  for (std::size_t i = 0; i < documents.size(); ++i) best.offer(documents[i], scores[i]);
  return best.take();
}

std::vector<Neighbor> MultiVectors::search_exact(MatrixView query, std::size_t k,
                                                 ThreadPool* pool) const {
  std::vector<std::size_t> all(size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return best_of(query, all, k, pool);
}

MaxSimSearcher::MaxSimSearcher(const MultiVectors& documents, const GraphIndex& index)
    : documents_(documents), searcher_(index) {
  const MatrixView vectors = documents.vectors();
  if (index.metric() == vectors::Metric::kL2 || index.size() != vectors.rows ||
      index.dims() != vectors.cols) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected an index of ", vectors.rows, " x ", vectors.cols,
                       " under cosine or ip, found one of ", index.size(), " x ", index.dims(),
                       " under ", vectors::metric_name(index.metric())));
  }
}

std::vector<Neighbor> MaxSimSearcher::search(MatrixView query, const MaxSimSearch& options) {
  SEMEME_CHECK(query.rows > 0);
  std::vector<std::size_t> candidates;
  for (std::size_t q = 0; q < query.rows; ++q) {
    const GraphSearch near = {.k = options.near, .effort = {options.effort}};
    for (const Neighbor& n : searcher_.search(query.row(q), near)) {
      candidates.push_back(documents_.document_of(n.row));
    }
  }
  std::ranges::sort(candidates);
  const auto copies = std::ranges::unique(candidates);
  candidates.erase(copies.begin(), copies.end());
  if (candidates.size() < std::min(options.k, documents_.not_empty_)) {
    return documents_.search_exact(query, options.k);
  }
  return documents_.best_of(query, candidates, options.k);
}

}  // namespace sememe::index
