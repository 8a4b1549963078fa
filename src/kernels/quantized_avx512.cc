// The AVX-512 VNNI tier of the integer precisions.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_avx512.h"

SEMEME_TARGET_AVX512_BEGIN
namespace sememe::kernels::avx512_quantized {

using avx512::Simd;

constexpr bool kBytePlanes = false;
template <bool kWide>
constexpr std::size_t kSumRows = 12;
constexpr std::size_t kDepthStep = 4;

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/integer_product_avx512_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::avx512_quantized
SEMEME_TARGET_END

namespace sememe::kernels {

const QuantizedTable kAvx512Int8 = SEMEME_INT8_TABLE(avx512_quantized);
const QuantizedTable kAvx512Int16 = SEMEME_INT16_TABLE(avx512_quantized);

}  // namespace sememe::kernels

#endif  // __x86_64__
