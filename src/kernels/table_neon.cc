// The NEON tier of every kernel.
#if defined(__aarch64__)

#include "kernels/constants.h"
#include "kernels/scan_ahead.h"
#include "kernels/simd_neon.h"
#include "kernels/table.h"

namespace sememe::kernels::neon {
// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/dot_inl.h"
#include "kernels/above_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/gemm_inl.h"
#include "kernels/attention_inl.h"
#include "kernels/layer_norm_inl.h"
// clang-format on
}  // namespace sememe::kernels::neon

namespace sememe::kernels {

const KernelTable kNeonTable = {
    .panel_width = neon::kPanel,
    .gemm = neon::gemm_rows,
    .exp2 = neon::exp2_array,
    .gelu = neon::gelu_array,
    .dot_rows = neon::dot_rows,
    .first_above = neon::first_above,
    .attention = neon::attention_heads,
    .layer_norm = neon::layer_norm_rows,
    .sum_three = neon::sum_three,
    .mean_rows = neon::mean_rows,
    .peak_flops = neon::peak_flops,
};

}  // namespace sememe::kernels

#endif  // __aarch64__
