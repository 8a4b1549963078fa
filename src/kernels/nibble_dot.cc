#include "kernels/nibble_dot.h"

#include <array>

#include "base/error_context.h"
#include "kernels/byte_dot.h"
#include "kernels/code_table.h"

namespace sememe::kernels {

void arrange_nibble_query(std::span<const std::int8_t> query, std::span<std::int8_t> arranged) {
  SEMEME_CHECK(query.size() % kNibbleMultiple == 0 && arranged.size() == query.size());
  constexpr std::size_t kHalf = kNibbleMultiple / 2;
  for (std::size_t d = 0; d < query.size(); ++d) {
    const std::size_t place = d % kNibbleMultiple;
    arranged[d - place + place % 2 * kHalf + place / 2] = query[d];
  }
}

void nibble_dot_rows(std::span<const std::int8_t> arranged, const NibbleRows& rows,
                     std::span<std::int32_t> out, Isa isa) {
  SEMEME_CHECK(arranged.size() % kNibbleMultiple == 0 && arranged.size() <= kByteDotMost);
  code_table(isa).nibble_dots({.query = arranged.data(),
                               .n = arranged.size(),
                               .rows = reinterpret_cast<const std::int8_t*>(rows.data),
                               .stride = rows.stride,
                               .ids = nullptr,
                               .count = out.size(),
                               .behind = rows.behind,
                               .out = out.data()});
}

void nibble_scores(const NibbleRows& rows, std::span<const std::int8_t> arranged,
                   const BitScoring& scoring, std::span<float, kBitBlockRows> scores, Isa isa) {
  SEMEME_CHECK(rows.stride == arranged.size() / 2);
  std::array<std::int32_t, kBitBlockRows> sums;
  nibble_dot_rows(arranged, rows, sums, isa);
  code_table(isa).score_sums(sums.data(), scoring, scores.data());
}

}  // namespace sememe::kernels
