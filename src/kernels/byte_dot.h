// Inner products of vectors of signed bytes: exact sums, the same on every tier.
#ifndef SEMEME_KERNELS_BYTE_DOT_H_
#define SEMEME_KERNELS_BYTE_DOT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Lengths are multiples of this (zeros behind a vector's end change nothing).
inline constexpr std::size_t kByteDotMultiple = 64;
/// and at most this: 65536 * 255 * 128 is below 2^31.
inline constexpr std::size_t kByteDotMost = 65536;

/// Rows of bytes, each `stride` behind the one before, at any address.
struct ByteRows {
  const std::int8_t* data = nullptr;
  std::size_t stride = 0;
};

/// sum of a[i] * b[i]. Sizes are SEMEME_CHECKed, here and below.
std::int32_t byte_dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b,
                      Isa isa = active_isa());

/// out[r] = the product of query and row r, for r < out.size(). Cost: one read of the rows.
void byte_dot_rows(std::span<const std::int8_t> query, const ByteRows& rows,
                   std::span<std::int32_t> out, Isa isa = active_isa());

/// out[i] = the product of query and row ids[i]; ids may repeat and are not checked. Asks for rows
/// some ids ahead of their use.
void byte_dot_gather(std::span<const std::int8_t> query, const ByteRows& rows,
                     std::span<const std::uint32_t> ids, std::span<std::int32_t> out,
                     Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_BYTE_DOT_H_
