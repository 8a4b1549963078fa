// Products of activations with packed f32 weights: C = epilogue(A * W^T + bias).
//
// The weights of one layer are packed once into panels as wide as a tile of the tier (64 columns
// for AVX-512, 16 else), [panel][K][panel width], zeros behind the last column, so that the inner
// loop reads them in order. Every element of C is one chain of fused multiply-adds over k = 0 ..
// K-1 that starts at the bias: its bits depend on its row of A and its column of W alone, not on
// the other rows, the blocking or the thread.
//
// On AMX every f32 is split into two bf16, x = high + low, in A when it is used and in W when it is
// packed (panels of 32 columns, as many bytes as f32). A product is a_low w_high + a_high w_high +
// a_high w_low, for 32 k at a time in this order: an error of up to 2^-17 |a w| for each k, of
// random sign, 2^-18 in the mean. The bits depend on the row and the column alone there too.
// Infinities, NaN and values above 3.38e38 give NaN; parts below 2^-126 count as zero. Decision
// 0006 has the measurements.
#ifndef SEMEME_KERNELS_GEMM_H_
#define SEMEME_KERNELS_GEMM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/cpu.h"
#include "kernels/aligned.h"

namespace sememe::kernels {

/// What happens to A * W^T + bias before it is stored.
enum class Epilogue {
  kBias,      ///< nothing
  kGelu,      ///< x * (1 + erf(x / sqrt(2))) / 2, at most 3e-7 * max(1, |x|) from exact
  kResidual,  ///< + GemmOptions::residual
};

/// How the panels of a tier are arranged: "f32x64", panels 64 columns wide; "bf16x32", a tier's own
/// layout. Tiers of one name read each other's panels.
std::string packed_layout(Isa isa);

/// W [N, K] and bias [N], packed for one tier: the panels, then the bias. Either owns its memory or
/// looks into a mapped file. Immutable once filled.
class PackedWeights {
 public:
  PackedWeights() = default;
  /// To be filled, every row.
  PackedWeights(std::size_t n, std::size_t k, Isa isa = active_isa());
  /// A view of what bytes() gave, for the same shape and layout. 64-byte aligned.
  PackedWeights(std::size_t n, std::size_t k, Isa isa, std::span<const std::uint8_t> bytes);

  /// Rows first .. first + bias.size() of W, from `rows` [bias.size(), K] row-major. Distinct row
  /// ranges may be filled from several threads when they lie in different panels. Not for a view.
  void fill(std::size_t first, const float* rows, std::span<const float> bias);

  std::size_t n() const { return n_; }
  std::size_t k() const { return k_; }
  Isa isa() const { return isa_; }
  const float* panels() const { return reinterpret_cast<const float*>(bytes_.data()); }
  const float* bias() const;
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  static std::size_t byte_size(std::size_t n, std::size_t k, Isa isa);

 private:
  std::size_t n_ = 0;
  std::size_t k_ = 0;
  Isa isa_ = Isa::kScalar;
  AlignedFloats owned_;
  std::span<const std::uint8_t> bytes_;  // panels, then the bias of whole panels
};

/// Row-major matrices whose rows lie `stride` floats apart.
struct ConstRows {
  const float* data = nullptr;
  std::size_t stride = 0;
};
struct Rows {
  float* data = nullptr;
  std::size_t stride = 0;
};

struct GemmOptions {
  Epilogue epilogue = Epilogue::kBias;
  ConstRows residual;  ///< [M, N], for kResidual; may be C itself
};

/// c [M, N] = epilogue(a [M, K] * W^T + bias). c must not overlap a.
/// Cost: 2 M N K flops at 85-95 % of the machine's FMA peak for M >= 64 (gemm_bench.cc); on AMX
/// three times as many at 50-65 % of the bf16 peak for M >= 128. There each thread keeps up to 1
/// MiB of scratch memory, more where N > 512 and K > 512.
void gemm(std::size_t m, ConstRows a, const PackedWeights& weights, Rows c,
          const GemmOptions& options = {});

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_GEMM_H_
