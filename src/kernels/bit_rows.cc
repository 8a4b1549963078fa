#include "kernels/bit_rows.h"

#include "base/error_context.h"
#include "kernels/bit_rows_table.h"
#include "kernels/bit_sums.h"
#include "kernels/byte_dot.h"
#include "kernels/target.h"

namespace sememe::kernels {
namespace {

std::int32_t sum_at_bits(const std::int8_t* query, const std::uint8_t* code, std::size_t dims) {
  std::int32_t sum = 0;
  for (std::size_t d = 0; d < dims; ++d) sum += (code[d / 8] >> (d % 8) & 1) * query[d];
  return sum;
}

#include "kernels/bit_rows_inl.h"

EstimateBitRows tier(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return kAvx512BitRows;
  if (isa >= Isa::kAvx2) return kAvx2BitRows;
#elif defined(__aarch64__)
  if (isa == Isa::kNeon) return kNeonBitRows;
#endif
  static_cast<void>(isa);
  return estimate_bit_rows;
}

}  // namespace

void estimate_bit_rows(const BitRowQuery& query, const BitRows& rows,
                       std::span<const std::uint32_t> ids, std::span<float> closeness, Isa isa) {
  const std::size_t dims = query.code.size();
  SEMEME_CHECK(dims % kBitMultiple == 0 && dims <= kByteDotMost && ids.size() == closeness.size());
  tier(isa)({.query = query.code.data(),
             .dims = dims,
             .scale = query.scale,
             .offset = query.offset,
             .rows = rows.data,
             .stride = rows.stride,
             .ids = ids.data(),
             .count = ids.size(),
             .closeness = closeness.data()});
}

}  // namespace sememe::kernels
