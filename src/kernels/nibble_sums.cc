#include "kernels/nibble_sums.h"

#include <algorithm>
#include <array>

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {

void pack_nibble_block(std::span<const std::uint8_t> rows, std::size_t dims,
                       std::span<std::uint8_t> block) {
  const std::size_t row_bytes = dims / 2;
  SEMEME_CHECK(dims % kNibbleMultiple == 0 && block.size() == nibble_block_bytes(dims));
  SEMEME_CHECK(row_bytes > 0 && rows.size() % row_bytes == 0);
  SEMEME_CHECK(rows.size() / row_bytes <= kBitBlockRows);
  std::ranges::fill(block, std::uint8_t{0});
  for (std::size_t r = 0; r < rows.size() / row_bytes; ++r) {
    for (std::size_t d = 0; d < dims; ++d) {
      const unsigned levels = rows[r * row_bytes + d / 2];
      const unsigned level = d % 2 == 0 ? levels & 15U : levels >> 4;
      std::uint8_t& at = block[d / 8 * 128 + 4 * r + d % 4];
      at = static_cast<std::uint8_t>(at | (d % 8 < 4 ? level : level << 4));
    }
  }
}

void nibble_sums(std::span<const std::uint8_t> block, std::span<const std::int8_t> query,
                 std::span<std::int32_t, kBitBlockRows> sums, std::size_t ahead, Isa isa) {
  SEMEME_CHECK(query.size() % kNibbleMultiple == 0 && query.size() <= kNibbleMost);
  SEMEME_CHECK(block.size() == nibble_block_bytes(query.size()));
  code_table(isa).nibble_sums({.codes = block.data(),
                               .query = query.data(),
                               .dims = query.size(),
                               .ahead = ahead,
                               .sums = sums.data()});
}

std::uint32_t nibble_scores(std::span<const std::uint8_t> block, std::span<const std::int8_t> query,
                            const BitScoring& scoring, std::span<float, kBitBlockRows> scores,
                            std::size_t ahead, Isa isa) {
  std::array<std::int32_t, kBitBlockRows> sums;
  nibble_sums(block, query, sums, ahead, isa);
  return code_table(isa).score_sums(sums.data(), scoring, scores.data());
}

}  // namespace sememe::kernels
