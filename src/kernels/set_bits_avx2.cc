// The AVX2 tier of set_bits.h: every processor with AVX2 counts bits and finds the first by one
// instruction each.
#if defined(__x86_64__)

#include <immintrin.h>

#include "kernels/set_bits.h"
#include "kernels/set_bits_table.h"
#include "kernels/target.h"

SEMEME_TARGET_BEGIN("bmi,popcnt")
namespace sememe::kernels::avx2_set_bits {
namespace {

SEMEME_ALWAYS_INLINE std::size_t count_bits(std::uint64_t word) {
  return static_cast<std::size_t>(_mm_popcnt_u64(word));
}
SEMEME_ALWAYS_INLINE std::uint32_t first_bit(std::uint64_t word) {
  return static_cast<std::uint32_t>(_tzcnt_u64(word));
}

#include "kernels/set_bits_inl.h"

}  // namespace
}  // namespace sememe::kernels::avx2_set_bits
SEMEME_TARGET_END

namespace sememe::kernels {

void (*const kAvx2SetBits)(const SetBitsBlock& block) = avx2_set_bits::list_set_bits;

}  // namespace sememe::kernels

#endif  // __x86_64__
