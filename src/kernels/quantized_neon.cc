// The NEON tier of the integer precisions.
#if defined(__aarch64__)

#include "kernels/constants.h"
#include "kernels/integer_product_neon.h"
#include "kernels/quantized_table.h"
#include "kernels/simd_neon.h"

namespace sememe::kernels::neon_quantized {

using neon::Simd;

constexpr bool kBytePlanes = false;
template <bool kWide>
constexpr std::size_t kSumRows = 12;
constexpr std::size_t kDepthStep = 16;

struct ProductSession {};  // AMX has something to set up

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  if constexpr (kWide) {
    neon::wide_product(p);
  } else {
    static const auto product = neon::narrow_products().back().run;
    product(p);
  }
}

// clang-format off: each uses the ones before it.
#include "kernels/math_inl.h"
#include "kernels/lanes_inl.h"
#include "kernels/layer_norm_inl.h"
#include "kernels/quantize_inl.h"
#include "kernels/quantized_gemm_inl.h"
#include "kernels/quantized_attention_inl.h"
// clang-format on

}  // namespace sememe::kernels::neon_quantized

namespace sememe::kernels {

const QuantizedTable kNeonInt8 = SEMEME_INT8_TABLE(neon_quantized);
const QuantizedTable kNeonInt16 = SEMEME_INT16_TABLE(neon_quantized);

}  // namespace sememe::kernels

#endif  // __aarch64__
