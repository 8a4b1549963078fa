// The AVX-VNNI tier of the integer precisions: AVX2 but for the products.
#if defined(__x86_64__)

#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_avx2_pair.h"

SEMEME_TARGET_AVX2_BEGIN
namespace sememe::kernels::avxvnni_quantized {

using avx2_pair::Simd;

constexpr bool kBytePlanes = false;
template <bool kWide>
constexpr std::size_t kSumRows = 12;
constexpr std::size_t kDepthStep = 4;

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/integer_product_avxvnni_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::avxvnni_quantized
SEMEME_TARGET_END

namespace sememe::kernels {

const QuantizedTable kAvxVnniInt8 = SEMEME_INT8_TABLE(avxvnni_quantized);
const QuantizedTable kAvxVnniInt16 = SEMEME_INT16_TABLE(avxvnni_quantized);

}  // namespace sememe::kernels

#endif  // __x86_64__
