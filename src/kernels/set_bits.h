// The places of bits that are set.
#ifndef SEMEME_KERNELS_SET_BITS_H_
#define SEMEME_KERNELS_SET_BITS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Behind the places there is room for so many more, which may be written.
inline constexpr std::size_t kBitsRoom = 8;

/// Writes the places of all set bits, ascending: bit b % 64 of word b / 64 is place b. places: as
/// many as bits are set, and kBitsRoom. Cost: 1.4 ns a word where one bit in 100 is set, 2 ns a bit
/// where many are.
void list_set_bits(std::span<const std::uint64_t> words, std::span<std::uint32_t> places,
                   Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_SET_BITS_H_
