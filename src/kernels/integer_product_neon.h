// Integer products of the NEON tier: one way for every processor of 64-bit Arm, two that later
// ones have instructions for. All give the same integers.
#ifndef SEMEME_KERNELS_INTEGER_PRODUCT_NEON_H_
#define SEMEME_KERNELS_INTEGER_PRODUCT_NEON_H_

#include <string_view>
#include <vector>

#include "kernels/quantized_table.h"

namespace sememe::kernels::neon {

struct NarrowProduct {
  std::string_view name;  ///< of the extension that it needs: "base", "dotprod", "i8mm"
  void (*run)(const IntegerProduct& p);
};

/// What this processor can run for 8-bit levels, slowest first. Steps come in fours.
const std::vector<NarrowProduct>& narrow_products();

/// Whether this processor has sdot.
bool has_dotprod();

/// The product of 16-bit levels. Steps come in pairs.
void wide_product(const IntegerProduct& p);

}  // namespace sememe::kernels::neon

#endif  // SEMEME_KERNELS_INTEGER_PRODUCT_NEON_H_
