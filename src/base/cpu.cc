#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/error_context.h"

namespace sememe {
namespace {

std::vector<Isa> detect_isas() {
  std::vector<Isa> isas = {Isa::kScalar};
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2) isas.push_back(Isa::kAvx2);
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    isas.push_back(Isa::kAvx512);
  }
#endif
  return isas;
}

Isa choose_isa() {
  const char* wish = std::getenv("SEMEME_ISA");
  if (wish == nullptr || *wish == '\0') return supported_isas().back();
  for (const Isa isa : {Isa::kScalar, Isa::kAvx2, Isa::kAvx512}) {
    if (wish != isa_name(isa)) continue;
    if (std::ranges::find(supported_isas(), isa) != supported_isas().end()) return isa;
    throw Error(ErrorCode::kUnsupported,
                concat("SEMEME_ISA: this machine has no ", quote(wish), ", the best it has is ",
                       quote(isa_name(supported_isas().back()))));
  }
  throw Error(
      ErrorCode::kInvalidArgument,
      concat("SEMEME_ISA: expected \"scalar\", \"avx2\" or \"avx512\", found ", quote(wish)));
}

// The cgroup v2 quota of this process in processors, or infinity. Only the root of the mounted
// hierarchy is read: in a container that is the container's own limit.
double cgroup_quota() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return HUGE_VAL;
  return std::atof(quota.c_str()) / period;
}

}  // namespace

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return "scalar";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
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
  const double quota = cgroup_quota();
  if (quota > 0) count = std::min(count, std::ceil(quota));
  return static_cast<std::size_t>(std::max(1.0, count));
}

}  // namespace sememe
