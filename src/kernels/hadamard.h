// The Walsh-Hadamard transform: spreads each number over all of them, in n log n additions.
#ifndef SEMEME_KERNELS_HADAMARD_H_
#define SEMEME_KERNELS_HADAMARD_H_

#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// values = H values / sqrt(n), H[i][j] = (-1)^(bits that i and j share); its own inverse, and it
/// keeps lengths and inner products.
///
/// The size must be a power of two (SEMEME_CHECKed). Values are multiplied by 1 / sqrt(n), then
/// butterflies run over strides 1, 2, 4, ...; each is one addition and one subtraction, so every
/// tier gives the same bits. Error: below 1e-6 of the vector's length a value (hadamard_test.cc).
void hadamard(std::span<float> values, Isa isa = active_isa());

/// values = H (signs * values) / sqrt(n), signs [n] of +-1.
void hadamard(std::span<float> values, std::span<const float> signs, Isa isa = active_isa());

/// Turns each pair (signs[i] x[i], signs[i + n/2] x[i + n/2]) by 45 degrees: its sum over sqrt(2)
/// goes to the first half, its difference to the second. n: a multiple of 32 (SEMEME_CHECKed). The
/// same bits on every tier.
void mix_halves(std::span<float> values, std::span<const float> signs, Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_HADAMARD_H_
