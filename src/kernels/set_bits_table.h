// The tiers behind set_bits.h. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_SET_BITS_TABLE_H_
#define SEMEME_KERNELS_SET_BITS_TABLE_H_

#include <cstddef>
#include <cstdint>

namespace sememe::kernels {

struct SetBitsBlock {
  const std::uint64_t* data;
  std::size_t words;
  std::uint32_t* places;
  std::size_t count;  ///< of places
};

#if defined(__x86_64__)
extern void (*const kAvx2SetBits)(const SetBitsBlock& block);
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_SET_BITS_TABLE_H_
