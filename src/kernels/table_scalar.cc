// The scalar tier: plain loops, in double where the result is rounded once at the end. It is the
// oracle of the other tiers and the only tier of other processors.
#include "kernels/table.h"

namespace sememe::kernels {
namespace {

void dot_rows(const float* query, const float* rows, std::size_t n, std::size_t row_count,
              float* out) {
  for (std::size_t r = 0; r < row_count; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += double{query[i]} * double{rows[r * n + i]};
    out[r] = static_cast<float>(sum);
  }
}

}  // namespace

const KernelTable kScalarTable = {
    .dot_rows = dot_rows,
};

}  // namespace sememe::kernels
