// Inner products, of one pair and of one query against many rows.
#ifndef SEMEME_KERNELS_DOT_H_
#define SEMEME_KERNELS_DOT_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// sum of a[i] * b[i]; 0 for empty spans. a and b must be of one size (SEMEME_CHECKed).
///
/// Error: at most 1e-6 times the sum of |a[i] * b[i]| for lengths up to 4096 (dot_test.cc).
/// The order of the sum depends on the length and the tier only; alignment does not matter.
float dot(std::span<const float> a, std::span<const float> b);
float dot(std::span<const float> a, std::span<const float> b, Isa isa);

/// out[r] = dot(query, row r), for rows [row_count, query.size()] row-major.
///
/// The same bits as dot() of that row, whatever row_count is and where the row stands.
/// out must hold row_count values (SEMEME_CHECKed). Cost: one read of the rows; bound by memory
/// for matrices larger than the cache (dot_bench.cc).
void dot_rows(std::span<const float> query, const float* rows, std::size_t row_count,
              std::span<float> out);
void dot_rows(std::span<const float> query, const float* rows, std::size_t row_count,
              std::span<float> out, Isa isa);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_DOT_H_
