// The AVX2 tier of the integer precisions.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_avx2_pair.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avx2_pair {

constexpr bool kBytePlanes = false;
template <bool kWide>
constexpr std::size_t kSumRows = kWide ? 12 : 64;  // widening a panel pays by the row
constexpr std::size_t kDepthStep = 4;

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/integer_product_avx2_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx2_pair
SEMEME_TARGET_END

namespace sememe::kernels {

const QuantizedTable kAvx2Int8 = SEMEME_INT8_TABLE(avx2_pair);
const QuantizedTable kAvx2Int16 = SEMEME_INT16_TABLE(avx2_pair);

}  // namespace sememe::kernels

#endif  // __x86_64__
