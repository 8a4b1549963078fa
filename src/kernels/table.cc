#include "kernels/table.h"

namespace sememe::kernels {

const KernelTable& kernel_table(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAmx) return kAmxTable;
  if (isa == Isa::kAvx512) return kAvx512Table;
  if (isa == Isa::kAvx2) return kAvx2Table;
#endif
  static_cast<void>(isa);
  return kScalarTable;
}

}  // namespace sememe::kernels
