// Which instruction tier the kernels use, and how many threads this process may use.
#ifndef SEMEME_BASE_CPU_H_
#define SEMEME_BASE_CPU_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace sememe {

/// Instruction tiers, weakest first. Each includes what stands before it.
enum class Isa {
  kScalar,
  kAvx2,    ///< AVX2 and FMA
  kAvx512,  ///< AVX-512 F, BW, DQ, VL
};

/// "scalar", "avx2", "avx512": the words of SEMEME_ISA.
std::string_view isa_name(Isa isa);

/// Every tier that this machine can run, weakest first; tests walk all of them.
const std::vector<Isa>& supported_isas();

/// The tier that kernels use: the best one, or the one that SEMEME_ISA names, read once per
/// process. Throws Error(kInvalidArgument) when SEMEME_ISA is not a tier's name,
/// Error(kUnsupported) when this machine lacks it.
Isa active_isa();

/// Processors that this process may use: the affinity mask, capped by the cgroup's cpu.max quota
/// (rounded up).
std::size_t available_threads();

}  // namespace sememe

#endif  // SEMEME_BASE_CPU_H_
