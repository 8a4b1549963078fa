// The AVX512 tier of every kernel.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/scan_ahead.h"
#include "kernels/simd_avx512.h"
#include "kernels/table.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512 {
// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/dot_inl.h"
#include "kernels/above_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/gemm_inl.h"
#include "kernels/attention_inl.h"
#include "kernels/layer_norm_inl.h"
// clang-format on
}  // namespace sememe::kernels::avx512
SEMEME_TARGET_END

namespace sememe::kernels {

const KernelTable kAvx512Table = {
    .panel_width = avx512::kPanel,
    .gemm = avx512::gemm_rows,
    .exp2 = avx512::exp2_array,
    .gelu = avx512::gelu_array,
    .dot_rows = avx512::dot_rows,
    .first_above = avx512::first_above,
    .attention = avx512::attention_heads,
    .layer_norm = avx512::layer_norm_rows,
    .sum_three = avx512::sum_three,
    .mean_rows = avx512::mean_rows,
    .peak_flops = avx512::peak_flops,
};

}  // namespace sememe::kernels

#endif  // __x86_64__
