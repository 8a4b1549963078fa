#include "kernels/half_dot.h"

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {

void half_dot_rows(std::span<const float> query, const std::uint16_t* rows, std::span<float> out,
                   Isa isa) {
  SEMEME_CHECK(query.size() % kHalfDotMultiple == 0);
  code_table(isa).half_dots(query.data(), rows, query.size(), out.size(), out.data());
}

void widen_halves(const std::uint16_t* halves, std::span<float> out, Isa isa) {
  SEMEME_CHECK(out.size() % kHalfDotMultiple == 0);
  code_table(isa).widen_halves(halves, out.size(), out.data());
}

}  // namespace sememe::kernels
