#include "kernels/set_bits.h"

#include <bit>

#include "base/error_context.h"
#include "kernels/set_bits_table.h"
#include "kernels/target.h"

namespace sememe::kernels {
namespace {

SEMEME_ALWAYS_INLINE std::size_t count_bits(std::uint64_t word) {
  return static_cast<std::size_t>(std::popcount(word));
}
SEMEME_ALWAYS_INLINE std::uint32_t first_bit(std::uint64_t word) {
  return static_cast<std::uint32_t>(std::countr_zero(word));
}

#include "kernels/set_bits_inl.h"

}  // namespace

void list_set_bits(std::span<const std::uint64_t> words, std::span<std::uint32_t> places, Isa isa) {
  SEMEME_CHECK(places.size() >= kBitsRoom);
  const SetBitsBlock block = {words.data(), words.size(), places.data(), places.size() - kBitsRoom};
#if defined(__x86_64__)
  if (isa >= Isa::kAvx2) return kAvx2SetBits(block);
#endif
  static_cast<void>(isa);
  list_set_bits(block);
}

}  // namespace sememe::kernels
