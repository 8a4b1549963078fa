// The AMX tier of every kernel: tiles for products and attention, AVX-512 for the rest.
#if defined(__x86_64__)

#include "kernels/amx_tiles.h"
#include "kernels/constants.h"
#include "kernels/scan_ahead.h"
#include "kernels/simd_avx512.h"
#include "kernels/table.h"

SEMEME_TARGET_AMX_BEGIN
namespace sememe::kernels::amx {

using avx512::Simd;

namespace vectors {
// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/dot_inl.h"
#include "kernels/above_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/gemm_inl.h"
#include "kernels/layer_norm_inl.h"
// clang-format on
}  // namespace vectors

using vectors::exp2;
using vectors::gelu;

// clang-format off: each uses the ones before it.
#include "kernels/amx_split_inl.h"
#include "kernels/amx_product_inl.h"
#include "kernels/amx_blocks_inl.h"
#include "kernels/amx_gemm_inl.h"
#include "kernels/amx_feed_forward_inl.h"
#include "kernels/amx_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::amx
SEMEME_TARGET_END

namespace sememe::kernels {

const KernelTable kAmxTable = {
    .panel_width = amx::kStep,
    .panel_depth = amx::kStep,
    .pack = amx::pack_columns,
    .gemm_scratch = amx::gemm_scratch,
    .gemm = amx::gemm_rows,
    .feed_forward = amx::feed_forward_rows,
    .feed_forward_scratch = amx::feed_forward_scratch,
    .exp2 = amx::vectors::exp2_array,
    .gelu = amx::vectors::gelu_array,
    .dot_rows = amx::vectors::dot_rows,
    .first_above = amx::vectors::first_above,
    .attention = amx::attention_heads,
    .attention_scratch = amx::attention_scratch,
    .layer_norm = amx::vectors::layer_norm_rows,
    .sum_three = amx::vectors::sum_three,
    .mean_rows = amx::vectors::mean_rows,
    .peak_flops = amx::peak_flops,
};

}  // namespace sememe::kernels

#endif  // __x86_64__
