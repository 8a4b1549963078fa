// Nearest rows by 8-bit codes, refined by the vectors themselves: a quarter of the memory traffic
// of FlatIndex, and many queries at the rate of integer matrix products.
#ifndef SEMEME_INDEX_FLAT_BYTES_H_
#define SEMEME_INDEX_FLAT_BYTES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/row_set.h"
#include "kernels/quantized.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

/// Candidates of codes for each row that is asked for. Of 59,000 sentences (all-MiniLM-L6-v2, 1,000
/// queries) recall@10 is 0.9927 with 1, and 1.0000 from 1.2 on.
inline constexpr double kByteOversample = 2.0;

/// Owns the codes, borrows the rows. Codes are panels of sixteen rows, four bytes of each after the
/// other, so that sums of sixteen rows lie side by side (kernels/quantized.h). Immutable; search
/// may be called from several threads. Which rows are candidates is the same on every tier.
class FlatByteIndex {
 public:
  /// Throws Error(kInvalidArgument) that names the row when a number is not finite. For the cosine,
  /// rows and queries must be unit vectors. Cost: 4 us a row of 384.
  explicit FlatByteIndex(MatrixView rows, vectors::Metric metric = vectors::Metric::kInnerProduct);

  std::size_t size() const { return rows_.rows; }
  /// Of codes and what belongs to them.
  std::size_t bytes() const { return codes_.size() * sizeof(float); }

  /// The k most similar of the k * oversample rows whose codes are most similar to the query's
  /// code, with exact similarities; oversample: at least 1. Like FlatIndex otherwise; allowed: null
  /// for all.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                               const RowSet* allowed = nullptr,
                               double oversample = kByteOversample) const;
  /// The same results for each row of queries, up to 64 of them to a read of the codes.
  std::vector<std::vector<Neighbor>> search_batch(MatrixView queries, std::size_t k,
                                                  ThreadPool* pool = nullptr,
                                                  const RowSet* allowed = nullptr,
                                                  double oversample = kByteOversample) const;

 private:
  struct Part;
  void search_part(const Part& part, std::span<std::vector<Neighbor>> out) const;
  std::size_t block_floats() const;

  MatrixView rows_;
  vectors::Metric metric_;
  Isa isa_ = active_isa();
  kernels::AlignedFloats codes_;                   // of all blocks
  std::vector<kernels::QuantizedWeights> blocks_;  // views of kBlockRows rows each
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_BYTES_H_
