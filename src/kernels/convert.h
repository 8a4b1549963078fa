// Half-precision weights as f32. Exact: every f16 and bf16 value is an f32.
#ifndef SEMEME_KERNELS_CONVERT_H_
#define SEMEME_KERNELS_CONVERT_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace sememe::kernels {

/// IEEE binary16 bits to f32; subnormals, infinities and NaN payloads are kept.
/// out.size() values are read from `bits`, which needs no alignment (2 bytes each, little-endian).
void f16_to_f32(const std::byte* bits, std::span<float> out);
/// bfloat16 (the upper half of an f32) likewise.
void bf16_to_f32(const std::byte* bits, std::span<float> out);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_CONVERT_H_
