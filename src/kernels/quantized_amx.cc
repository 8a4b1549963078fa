// The AMX tier of the integer precisions.
#if defined(__x86_64__)

#define SEMEME_AMX_PRODUCTS

#include "kernels/amx_tiles.h"
#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_avx512.h"

SEMEME_TARGET_AMX_BEGIN
namespace sememe::kernels::amx_quantized {

using avx512::Simd;

constexpr bool kBytePlanes = true;
constexpr std::size_t kDepthStep = 64;

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/integer_product_amx_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::amx_quantized
SEMEME_TARGET_END

namespace sememe::kernels {

const QuantizedTable kAmxInt8 = SEMEME_INT8_TABLE(amx_quantized);
const QuantizedTable kAmxInt16 = SEMEME_INT16_TABLE(amx_quantized);

}  // namespace sememe::kernels

#endif  // __x86_64__
