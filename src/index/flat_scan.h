// What the flat indexes share: exact similarities, refinement, queries over threads. Internal.
#ifndef SEMEME_INDEX_FLAT_SCAN_H_
#define SEMEME_INDEX_FLAT_SCAN_H_

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/row_set.h"
#include "kernels/aligned.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

/// Rows whose scores are made at a time: 1,024 floats stay in the first-level cache between the two
/// passes.
inline constexpr std::size_t kBlockRows = 1024;
/// Queries that share a scan: the scores of a block of rows, 256 KiB, stay in the second level.
inline constexpr std::size_t kScanQueries = 64;

using Found = std::vector<std::vector<Neighbor>>;

/// What a scan for one query reads and writes again and again beside the rows: the query, in some
/// format, and right behind it the scores of some rows. On lines of its own, for loads of 64 bytes
/// that lie in two lines take a tenth of the time of a scan. Zen 4 reads codes of one bit at 28
/// GiB/s so, at 25 with the scores in another page: it looks as if what lies behind a query's end
/// were fetched again and again.
class ScanBuffer {
 public:
  ScanBuffer(std::size_t query_bytes, std::size_t scores)
      : query_bytes_(query_bytes),
        scores_at_((query_bytes + 63) / 64 * 64),
        bytes_(scores_at_ + scores * sizeof(float)) {}
  template <class T>
  std::span<T> query() {
    return {reinterpret_cast<T*>(bytes_.data()), query_bytes_ / sizeof(T)};
  }
  float* scores() { return reinterpret_cast<float*>(bytes_.data() + scores_at_); }

 private:
  std::size_t query_bytes_;
  std::size_t scores_at_;
  kernels::AlignedBytes bytes_;
};

/// Whether any of rows first .. first + count may be returned; allowed may be null.
bool any_allowed(const RowSet* allowed, std::size_t first, std::size_t count);

/// The similarity of two vectors as Neighbor has it.
float similarity(vectors::Metric metric, std::span<const float> row, std::span<const float> query);

/// The k best of candidates by their similarity in f32 rows.
std::vector<Neighbor> refine(MatrixView rows, vectors::Metric metric, std::span<const float> query,
                             std::vector<Neighbor> candidates, std::size_t k);

/// The k most similar of the rows of a set, as FlatIndex gives them, bit for bit. Cost: a read of
/// those rows.
std::vector<Neighbor> exact_among(MatrixView rows, vectors::Metric metric,
                                  std::span<const float> query, const RowSet& allowed,
                                  std::size_t k);

/// How many candidates a search takes to refine: k times the oversampling, rounded up, up to
/// `rows`.
std::size_t candidate_count(std::size_t k, double oversample, std::size_t rows);

/// Runs search(first query, queries, out) for parts of at most kScanQueries, over the threads of a
/// pool, or here when that is null.
using SearchPart =
    std::function<void(std::size_t first, MatrixView queries, std::span<std::vector<Neighbor>>)>;
Found search_parts(MatrixView queries, ThreadPool* pool, const SearchPart& search);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_SCAN_H_
