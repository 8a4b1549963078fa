// f32 to IEEE binary16; the way back is in convert.h.
#ifndef SEMEME_KERNELS_HALF_H_
#define SEMEME_KERNELS_HALF_H_

#include <bit>
#include <cstdint>

namespace sememe::kernels {

/// The nearest half, ties to even; values from 65,520 on become infinity. Not a number stays so.
constexpr std::uint16_t f32_to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t size = bits & 0x7FFFFFFFU;
  std::uint32_t half = 0;
  if (size > 0x7F800000U) {
    half = 0x7E00U;
  } else if (size >= 0x477FF000U) {
    half = 0x7C00U;
  } else if (size >= 0x38800000U) {
    // The exponent is rebiased; a carry out of the fraction raises it, as it should.
    half = (size - 0x38000000U + 0xFFFU + ((size >> 13) & 1U)) >> 13;
  } else {
    // Below 2^-14: adding one half aligns the bits so that the processor rounds at 2^-24.
    const float aligned = std::bit_cast<float>(size) + 0.5F;
    half = std::bit_cast<std::uint32_t>(aligned) - std::bit_cast<std::uint32_t>(0.5F);
  }
  return static_cast<std::uint16_t>(sign | half);
}

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_HALF_H_
