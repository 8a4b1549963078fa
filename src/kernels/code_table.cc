#include "kernels/code_table.h"

namespace sememe::kernels {

const CodeTable& code_table(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return kAvx512Codes;
  if (isa == Isa::kAvxVnni) return avxvnni_code_table();
  if (isa == Isa::kAvx2) return kAvx2Codes;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return neon_code_table();
#endif
  static_cast<void>(isa);
  return kScalarCodes;
}

}  // namespace sememe::kernels
