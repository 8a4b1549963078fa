#include "kernels/table.h"

namespace sememe::kernels {

const KernelTable& kernel_table(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAmx) return kAmxTable;
  if (isa == Isa::kAvx512) return kAvx512Table;
  if (isa == Isa::kAvx2 || isa == Isa::kAvxVnni) return kAvx2Table;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return kNeonTable;
#endif
  static_cast<void>(isa);
  return kScalarTable;
}

}  // namespace sememe::kernels
