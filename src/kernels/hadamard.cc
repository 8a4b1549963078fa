#include "kernels/hadamard.h"

#include <bit>
#include <cmath>

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {

void hadamard(std::span<float> values, Isa isa) {
  SEMEME_CHECK(std::has_single_bit(values.size()));
  const auto factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(values.size())));
  // Below a register there is nothing to gain.
  const CodeTable& table = code_table(values.size() < 16 ? Isa::kScalar : isa);
  table.hadamard(values.data(), values.size(), factor);
}

}  // namespace sememe::kernels
