#include "kernels/dot.h"

#include "base/error_context.h"
#include "kernels/table.h"

namespace sememe::kernels {

float dot(std::span<const float> a, std::span<const float> b) { return dot(a, b, active_isa()); }

float dot(std::span<const float> a, std::span<const float> b, Isa isa) {
  SEMEME_CHECK(a.size() == b.size());
  float out = 0;
  kernel_table(isa).dot_rows(a.data(), b.data(), a.size(), 1, &out);
  return out;
}

void dot_rows(std::span<const float> query, const float* rows, std::size_t row_count,
              std::span<float> out) {
  dot_rows(query, rows, row_count, out, active_isa());
}

void dot_rows(std::span<const float> query, const float* rows, std::size_t row_count,
              std::span<float> out, Isa isa) {
  SEMEME_CHECK(out.size() == row_count);
  kernel_table(isa).dot_rows(query.data(), rows, query.size(), row_count, out.data());
}

}  // namespace sememe::kernels
