// Which instruction tier the kernels use, and how many threads this process may use.
#ifndef SEMEME_BASE_CPU_H_
#define SEMEME_BASE_CPU_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace sememe {

/// Instruction tiers; of a family of processors, weakest first.
enum class Isa {
  kScalar,
  kNeon,     ///< what every 64-bit Arm processor has; dotprod and i8mm where they are there
  kAvx2,     ///< AVX2 and FMA
  kAvxVnni,  ///< and the VNNI products of 256 bits (Alder Lake and later, Zen 5)
  kAvx512,   ///< AVX-512 F, BW, DQ, VL, VNNI; processors of before 2021 have no kAvxVnni
  kAmx,      ///< and AVX-512 BF16 and VBMI, AMX tiles with int8 and bf16 products
};

/// "scalar", "neon", "avx2", "avxvnni", "avx512", "amx": the words of SEMEME_ISA.
std::string_view isa_name(Isa isa);

/// Bytes of the second-level cache of a core, 1 MiB where the system does not say.
std::size_t l2_cache_bytes();

/// Every tier that this machine can run, weakest first; tests walk all of them. The first call asks
/// the kernel for the use of AMX tiles (Linux grants it to a process once); a refusal leaves the
/// tier out.
const std::vector<Isa>& supported_isas();

/// The tier that kernels use: the best one, or the one that SEMEME_ISA names, read once per
/// process. Throws Error(kInvalidArgument) when SEMEME_ISA is not a tier's name,
/// Error(kUnsupported) when this machine lacks it.
Isa active_isa();

/// Processors that this process may use: the affinity mask, capped by the quota of its cgroups
/// (cpu_quota.h, rounded up).
std::size_t available_threads();

}  // namespace sememe

#endif  // SEMEME_BASE_CPU_H_
