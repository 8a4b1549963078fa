// Nearest rows by codes of one bit or four bits a dimension, refined by the vectors themselves: a
// thirtieth or an eighth of the memory traffic of FlatIndex.
#ifndef SEMEME_INDEX_FLAT_BITS_H_
#define SEMEME_INDEX_FLAT_BITS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/row_set.h"
#include "kernels/aligned.h"
#include "sememe/types.h"
#include "vectors/metric.h"
#include "vectors/rotation.h"

namespace sememe::index {

/// Candidates of codes for each row that is asked for. Of 59,000 sentences (all-MiniLM-L6-v2, 1,000
/// queries) recall@10 is 0.964 with 5, 0.992 with 10, 0.9984 with 20, 0.9996 with 30; of 200,000
/// rows made for flat_bench.cc 0.989 with 30, 0.997 with 50.
inline constexpr double kBitOversample = 30.0;
/// The same of codes of four bits: of 200,000 rows made for flat_bench.cc recall@10 is 0.986 with
/// 1.5, 0.998 with 2, 1.0000 with 3.
inline constexpr double kFourBitOversample = 3.0;

/// Of a code, for each dimension.
enum class CodeBits { kOne, kFour };

/// Owns the codes, borrows the rows. A code is RaBitQ's (vectors/bit_codes.h) of a row's difference
/// from the mean of all rows, in blocks of 32 rows: for look-ups of one bit (kernels/bit_sums.h),
/// for products of four (kernels/nibble_sums.h). Immutable; search may be called from several
/// threads. The same candidates on every tier.
class FlatBitIndex {
 public:
  /// Throws Error(kInvalidArgument) that names the row when a number is not finite. For the cosine,
  /// rows and queries must be unit vectors. seed: of the rotation. Cost: 2 us a row of 384, 12 us
  /// with four bits.
  explicit FlatBitIndex(MatrixView rows, vectors::Metric metric = vectors::Metric::kInnerProduct,
                        CodeBits bits = CodeBits::kOne, std::uint64_t seed = 1);

  std::size_t size() const { return rows_.rows; }
  /// Of codes and what belongs to them.
  std::size_t bytes() const { return codes_.size() * sizeof(float); }

  /// The k most similar of the k * oversample rows whose codes say that they are most similar, with
  /// exact similarities; oversample: at least 1, or 0 for kBitOversample or kFourBitOversample.
  /// Like FlatIndex otherwise; allowed: null for all.
  std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                               const RowSet* allowed = nullptr, double oversample = 0) const;
  /// The same results for each row of queries, up to 64 of them to a read of the codes.
  std::vector<std::vector<Neighbor>> search_batch(MatrixView queries, std::size_t k,
                                                  ThreadPool* pool = nullptr,
                                                  const RowSet* allowed = nullptr,
                                                  double oversample = 0) const;

 private:
  struct Query;
  Query prepare(std::span<const float> query, std::size_t candidates) const;
  void scan_block(std::size_t first, std::size_t count, Query& query, const RowSet* allowed) const;
  std::size_t row_bytes() const;
  std::size_t block_bytes() const;
  std::size_t block_floats() const;

  MatrixView rows_;
  vectors::Metric metric_;
  CodeBits bits_;
  std::vector<float> centre_;
  vectors::Rotation rotation_;
  /// Of each 32 rows: codes, factors, and what is added to a product: under L2 -|r|^2 / 2.
  kernels::AlignedFloats codes_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_FLAT_BITS_H_
