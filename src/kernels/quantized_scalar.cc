// The scalar tier of the integer precisions: the same lanes and the same order of sums in plain
// C++.
#include <cstring>

#include "kernels/constants.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_scalar.h"

namespace sememe::kernels::scalar {
namespace {

constexpr bool kBytePlanes = false;
template <bool kWide>
constexpr std::size_t kSumRows = 12;
constexpr std::size_t kDepthStep = 4;

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/integer_product_scalar_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace
}  // namespace sememe::kernels::scalar

namespace sememe::kernels {

const QuantizedTable kScalarInt8 = SEMEME_INT8_TABLE(scalar);
const QuantizedTable kScalarInt16 = SEMEME_INT16_TABLE(scalar);

}  // namespace sememe::kernels
