// The feed-forward part of a transformer layer: x + W_down gelu(W_up x + b_up) + b_down.
#ifndef SEMEME_KERNELS_FEED_FORWARD_H_
#define SEMEME_KERNELS_FEED_FORWARD_H_

#include <cstddef>
#include <span>

#include "kernels/gemm.h"

namespace sememe::kernels {

/// Floats of scratch memory for m rows, up [I, H] and down [H, I] of one tier: about half of the
/// second-level cache at most, on AMX up to 300 K (more where H > 4,600).
std::size_t feed_forward_scratch(std::size_t m, const PackedWeights& up, const PackedWeights& down);

/// Adds the part to x [m, H], in place. Each row has the bits of gemm(kGelu) with `up` and
/// gemm(kResidual) with `down`, whatever m is. scratch: feed_forward_scratch floats
/// (SEMEME_CHECKed), contents arbitrary. Cost: 4 M H I flops. On AMX the wide activations are
/// neither stored in f32 nor read back, which saves 5-10 % of the time of two gemm()s.
void feed_forward(std::size_t m, Rows x, const PackedWeights& up, const PackedWeights& down,
                  std::span<float> scratch);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_FEED_FORWARD_H_
