// The AVX2 tier of every kernel.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/scan_ahead.h"
#include "kernels/simd_avx2.h"
#include "kernels/table.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2 {
// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/dot_inl.h"
#include "kernels/above_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/gemm_inl.h"
#include "kernels/attention_inl.h"
#include "kernels/layer_norm_inl.h"
// clang-format on
}  // namespace sememe::kernels::avx2
SEMEME_TARGET_END

namespace sememe::kernels {

const KernelTable kAvx2Table = {
    .panel_width = avx2::kPanel,
    .gemm = avx2::gemm_rows,
    .exp2 = avx2::exp2_array,
    .gelu = avx2::gelu_array,
    .dot_rows = avx2::dot_rows,
    .first_above = avx2::first_above,
    .attention = avx2::attention_heads,
    .layer_norm = avx2::layer_norm_rows,
    .sum_three = avx2::sum_three,
    .mean_rows = avx2::mean_rows,
    .peak_flops = avx2::peak_flops,
};

}  // namespace sememe::kernels

#endif  // __x86_64__
