#include "base/cpu.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/cpu_quota.h"
#include "base/error_context.h"

namespace sememe {
namespace {

constexpr std::array kIsas = {Isa::kScalar,  Isa::kNeon,   Isa::kAvx2,
                              Isa::kAvxVnni, Isa::kAvx512, Isa::kAmx};

// With emulated tiles their bits do not matter, nor does the system's grant.
#if defined(SEMEME_EMULATE_TILES)
constexpr unsigned kTileBits = 0;
#else
constexpr unsigned kTileBits = (1U << 22) | (1U << 24) | (1U << 25);
#endif

#if defined(__x86_64__)

// CPUID leaf 7, subleaf 1, EAX bit 4.
bool processor_has_avx_vnni() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1U << 4)) != 0;
}

// What the processor says of its tiles: CPUID leaf 7, EDX bits 22 (bf16), 24 (tile), 25 (int8), and
// of what all processors with tiles have beside them: ECX bit 1 (AVX512_VBMI) and subleaf 1, EAX
// bit 5 (AVX512_BF16). Intel SDM, volume 2A, CPUID.
bool processor_has_amx() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & kTileBits) != kTileBits || (ecx & (1U << 1)) == 0) return false;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1U << 5)) != 0;
}

// Tile data is a state component that a process must ask for (Linux, x86/xstate.rst); the answer
// holds for all its threads.
bool system_grants_amx() {
  if constexpr (kTileBits == 0) return true;
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILE_DATA
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

#endif

std::vector<Isa> detect_isas() {
  std::vector<Isa> isas = {Isa::kScalar};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return isas;
  isas.push_back(Isa::kAvx2);
  if (processor_has_avx_vnni()) isas.push_back(Isa::kAvxVnni);
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512vnni")) {
    return isas;
  }
  isas.push_back(Isa::kAvx512);
  if (processor_has_amx() && system_grants_amx()) isas.push_back(Isa::kAmx);
#elif defined(__aarch64__)
  isas.push_back(Isa::kNeon);
#endif
  return isas;
}

// The best tier; one with emulated tiles is for tests only.
Isa best_isa() {
  const std::vector<Isa>& isas = supported_isas();
  const bool emulated = kTileBits == 0 && isas.back() == Isa::kAmx;
  return isas[isas.size() - (emulated ? 2 : 1)];
}

Isa choose_isa() {
  const char* wish = std::getenv("SEMEME_ISA");
  if (wish == nullptr || *wish == '\0') return best_isa();
  for (const Isa isa : kIsas) {
    if (wish != isa_name(isa)) continue;
    if (std::ranges::find(supported_isas(), isa) != supported_isas().end()) return isa;
    throw Error(ErrorCode::kUnsupported,
                concat("SEMEME_ISA: this machine has no ", quote(wish), ", the best it has is ",
                       quote(isa_name(supported_isas().back()))));
  }
  std::string words;
  for (const Isa isa : kIsas) words += concat(words.empty() ? "" : ", ", quote(isa_name(isa)));
  throw Error(ErrorCode::kInvalidArgument,
              concat("SEMEME_ISA: expected one of ", words, ", found ", quote(wish)));
}

}  // namespace

std::size_t l2_cache_bytes() {
  static const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : std::size_t{1} << 20;
}

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return "scalar";
    case Isa::kNeon:
      return "neon";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvxVnni:
      return "avxvnni";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAmx:
      return "amx";
  }
  return "unknown";
}

const std::vector<Isa>& supported_isas() {
  static const std::vector<Isa> isas = detect_isas();
  return isas;
}

Isa active_isa() {
  static const Isa isa = choose_isa();
  return isa;
}

std::size_t available_threads() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  double count = 1;
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) count = std::max(1, CPU_COUNT(&mask));
  return static_cast<std::size_t>(std::max(1.0, std::min(count, std::ceil(cgroup_cpu_quota()))));
}

}  // namespace sememe
