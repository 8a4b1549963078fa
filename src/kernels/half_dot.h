// Inner products of an f32 query with rows of half-precision numbers.
#ifndef SEMEME_KERNELS_HALF_DOT_H_
#define SEMEME_KERNELS_HALF_DOT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Lengths are multiples of this (zeros behind a vector's end change nothing).
inline constexpr std::size_t kHalfDotMultiple = 32;

/// out[r] = the product of query and row r of rows [out.size(), query.size()], IEEE binary16.
///
/// Sums run in two times sixteen lanes: the same bits on every tier, whatever the number of rows.
/// Error: as of dot() (dot.h), from what the halves say. Cost: one read of the rows.
void half_dot_rows(std::span<const float> query, const std::uint16_t* rows, std::span<float> out,
                   Isa isa = active_isa());

/// out = the numbers of halves [out.size()], a multiple of kHalfDotMultiple; f16_to_f32 on the
/// processor's registers.
void widen_halves(const std::uint16_t* halves, std::span<float> out, Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_HALF_DOT_H_
