#include "index/flat_index.h"

#include <algorithm>
#include <cmath>

#include "index/flat_exact.h"
#include "kernels/dot.h"
#include "kernels/scan_ahead.h"

namespace sememe::index {
namespace {

// See FlatExact.
class F32Rows {
 public:
  F32Rows(MatrixView rows, vectors::Metric metric) : rows_(rows), metric_(metric) {}
  std::size_t size() const { return rows_.rows; }
  std::size_t dims() const { return rows_.cols; }
  void products(std::span<const float> query, std::size_t first, std::size_t count,
                std::span<float> out) const {
    kernels::dot_rows(query, rows_.data + first * rows_.cols, count, out);
  }
  void squares(std::size_t first, std::size_t count, std::span<float> out) const {
    const kernels::ScanAhead ahead(size() - first, dims() * sizeof(float));
    for (std::size_t i = 0; i < count; ++i) {
      if (i < ahead.askers()) ahead.ask(rows_.row(first + i).data());
      out[i] = kernels::dot(rows_.row(first + i), rows_.row(first + i));
    }
  }
  const float* block(std::size_t first, std::size_t, std::vector<float>&) const {
    return rows_.data + first * rows_.cols;
  }
  float similarity(std::size_t row, std::span<const float> query) const {
    return index::similarity(metric_, rows_.row(row), query);
  }

 private:
  MatrixView rows_;
  vectors::Metric metric_;
};

}  // namespace

std::vector<Neighbor> FlatIndex::search(std::span<const float> query, std::size_t k) const {
  const F32Rows rows(vectors_, metric_);
  return FlatExact(rows, metric_, k, nullptr).search(query);
}

std::vector<Neighbor> FlatIndex::search(std::span<const float> query, std::size_t k,
                                        const RowSet& allowed) const {
  const F32Rows rows(vectors_, metric_);
  return FlatExact(rows, metric_, k, &allowed).search(query);
}

std::vector<Neighbor> FlatIndex::search_range(std::span<const float> query,
                                              float min_similarity) const {
  SEMEME_CHECK(query.size() == vectors_.cols && !std::isnan(min_similarity));
  std::vector<Neighbor> found;
  for (std::size_t row = 0; row < vectors_.rows; ++row) {
    const float similar = similarity(metric_, vectors_.row(row), query);
    if (similar >= min_similarity) found.push_back({row, similar});
  }
  std::ranges::sort(found, ranks_before);
  return found;
}

std::vector<std::vector<Neighbor>> FlatIndex::search_batch(MatrixView queries, std::size_t k,
                                                           ThreadPool* pool,
                                                           const RowSet* allowed) const {
  const F32Rows rows(vectors_, metric_);
  const FlatExact scan(rows, metric_, k, allowed);
  return search_parts(queries, pool,
                      [&](std::size_t, MatrixView part, std::span<std::vector<Neighbor>> out) {
                        scan.search_batch(part, out);
                      });
}

}  // namespace sememe::index
