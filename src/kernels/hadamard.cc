#include "kernels/hadamard.h"

#include <bit>
#include <cmath>

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {

namespace {

void transform(std::span<float> values, const float* signs, Isa isa) {
  SEMEME_CHECK(std::has_single_bit(values.size()));
  const auto factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(values.size())));
  // Below a register there is nothing to gain.
  const CodeTable& table = code_table(values.size() < 16 ? Isa::kScalar : isa);
  table.hadamard(values.data(), signs, values.size(), factor);
}

}  // namespace

void hadamard(std::span<float> values, Isa isa) { transform(values, nullptr, isa); }

void hadamard(std::span<float> values, std::span<const float> signs, Isa isa) {
  SEMEME_CHECK(signs.size() == values.size());
  transform(values, signs.data(), isa);
}

void mix_halves(std::span<float> values, std::span<const float> signs, Isa isa) {
  SEMEME_CHECK(values.size() % 32 == 0 && signs.size() == values.size());
  code_table(isa).mix_halves(values.data(), signs.data(), values.size() / 2);
}

}  // namespace sememe::kernels
