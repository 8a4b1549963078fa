// The AVX2 tier of every kernel.
#if defined(__x86_64__)

#include "kernels/simd_avx2.h"
#include "kernels/table.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2 {
#include "kernels/dot_inl.h"
}  // namespace sememe::kernels::avx2
SEMEME_TARGET_END

namespace sememe::kernels {

const KernelTable kAvx2Table = {
    .dot_rows = avx2::dot_rows,
};

}  // namespace sememe::kernels

#endif  // __x86_64__
