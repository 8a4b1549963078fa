// One-bit codes of all rows of a graph, a line or two each: what a scan of some of them reads
// instead of their nodes' blocks, which are 35 times as long. They lie in the order of rows, so
// that a set of rows is scanned without a look at the nodes: a table of those is as many misses
// again.
//
// A row x is coded as its difference from the mean c of all (RaBitQ, vectors/bit_codes.h), so that
//
//   |q - x|^2 is about |q - c|^2 + addend - factor (y.q)
//
// as kernels/edges.h has it, with a standard deviation of 0.3 factor |q - c|: where that says that
// a row cannot be among the nearest, its node is not looked at.
#ifndef SEMEME_INDEX_GRAPH_CODES_H_
#define SEMEME_INDEX_GRAPH_CODES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "index/equal_rows.h"
#include "index/graph_points.h"
#include "kernels/aligned.h"

namespace sememe::index {

/// Where the parts of a code lie, for rotated dimensions D: bits, f32 addend, f32 factor, zeros up
/// to a multiple of 64 bytes, so that a code of 384 dimensions is one line.
struct CodeLayout {
  std::size_t dims = 0;
  constexpr std::size_t factors() const { return dims / 8; }
  constexpr std::size_t bytes() const { return (factors() + 2 * sizeof(float) + 63) / 64 * 64; }
};

struct RowCodes {
  kernels::AlignedFloats centre;  ///< [D], rotated
  kernels::AlignedBytes codes;    ///< of all rows, in their order
};

/// The same where a search reads it.
struct RowCodesView {
  std::span<const float> centre;
  std::span<const std::uint8_t> codes;
};

/// The same for any number of threads.
RowCodes encode_rows(const GraphPoints& points, const EqualRows& rows, ThreadPool& pool);

/// The standard deviation of an estimate is this times its factor and |q - c|: for many dimensions
/// the cosine of a vector and its code is sqrt(2 / pi) (vectors/bit_codes.h), from which the
/// vector's length follows by its factor.
inline constexpr float kCodeDeviation = 0.3014F;

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_CODES_H_
