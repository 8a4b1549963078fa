// The functions of one instruction tier, behind the checked entries of dot.h, gemm.h and the
// others. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_TABLE_H_
#define SEMEME_KERNELS_TABLE_H_

#include <cstddef>

#include "base/cpu.h"

namespace sememe::kernels {

struct KernelTable {
  void (*dot_rows)(const float* query, const float* rows, std::size_t n, std::size_t row_count,
                   float* out);
};

extern const KernelTable kScalarTable;
#if defined(__x86_64__)
extern const KernelTable kAvx2Table;
extern const KernelTable kAvx512Table;
#endif

/// The table of a tier that supported_isas() names.
const KernelTable& kernel_table(Isa isa);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_TABLE_H_
