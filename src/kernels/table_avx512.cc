// The AVX512 tier of every kernel.
#if defined(__x86_64__)

#include "kernels/simd_avx512.h"
#include "kernels/table.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512 {
#include "kernels/dot_inl.h"
}  // namespace sememe::kernels::avx512
SEMEME_TARGET_END

namespace sememe::kernels {

const KernelTable kAvx512Table = {
    .dot_rows = avx512::dot_rows,
};

}  // namespace sememe::kernels

#endif  // __x86_64__
