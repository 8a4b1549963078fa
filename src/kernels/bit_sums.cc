#include "kernels/bit_sums.h"

#include <algorithm>
#include <array>

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kMostDims = std::size_t{1} << 22;  // 63 * 2^20 groups fit 32 bits
constexpr std::size_t kDimsAtOnce = 1024;
// Below it the query counts as zeros: kMostBitEntry / range must be a number.
constexpr float kLeastRange = 0x1p-100F;

}  // namespace

void pack_bit_block(std::span<const std::uint8_t> rows, std::size_t dims,
                    std::span<std::uint8_t> block) {
  const std::size_t row_bytes = dims / 8;
  SEMEME_CHECK(dims % kBitMultiple == 0 && block.size() == bit_block_bytes(dims));
  SEMEME_CHECK(row_bytes > 0 && rows.size() % row_bytes == 0);
  SEMEME_CHECK(rows.size() / row_bytes <= kBitBlockRows);
  std::ranges::fill(block, std::uint8_t{0});
  for (std::size_t r = 0; r < rows.size() / row_bytes; ++r) {
    const std::size_t shift = r < 16 ? 0 : 4;
    for (std::size_t b = 0; b < row_bytes; ++b) {
      const unsigned bits = rows[r * row_bytes + b];
      std::uint8_t* at = block.data() + 32 * b + r % 16;
      at[0] = static_cast<std::uint8_t>(at[0] | ((bits & 15U) << shift));
      at[16] = static_cast<std::uint8_t>(at[16] | ((bits >> 4) << shift));
    }
  }
}

BitTableScale make_bit_table(std::span<const float> query, std::span<std::uint8_t> table, Isa isa) {
  const std::size_t dims = query.size();
  SEMEME_CHECK(dims % kBitMultiple == 0 && table.size() == bit_block_bytes(dims));
  const CodeTable& kernels = code_table(isa);
  std::array<float, kDimsAtOnce> low;
  BitRanges all = {0, 0};
  for (std::size_t d = 0; d < dims; d += kDimsAtOnce) {
    const std::size_t count = std::min(kDimsAtOnce, dims - d);
    const BitRanges ranges = kernels.bit_ranges(query.data() + d, count, low.data());
    all.lowest += ranges.lowest;
    all.widest = std::max(all.widest, ranges.widest);
  }
  if (all.widest < kLeastRange) all = {0, 0};
  for (std::size_t d = 0; d < dims; d += kDimsAtOnce) {
    const std::size_t count = std::min(kDimsAtOnce, dims - d);
    if (dims > kDimsAtOnce) kernels.bit_ranges(query.data() + d, count, low.data());
    kernels.bit_table({.query = query.data() + d,
                       .low = low.data(),
                       .dims = count,
                       .inverse = all.widest > 0 ? float{kMostBitEntry} / all.widest : 0.0F,
                       .table = table.data() + bit_block_bytes(d)});
  }
  return {.scale = all.widest / float{kMostBitEntry}, .offset = all.lowest};
}

void bit_sums(std::span<const std::uint8_t> block, std::span<const std::uint8_t> table,
              std::span<std::uint32_t, kBitBlockRows> sums, Isa isa) {
  SEMEME_CHECK(block.size() == table.size() && block.size() % bit_block_bytes(kBitMultiple) == 0);
  SEMEME_CHECK(block.size() <= bit_block_bytes(kMostDims));
  code_table(isa).bit_sums(block.data(), table.data(), block.size() / 16, sums.data());
}

std::uint32_t bit_scores(std::span<const std::uint8_t> block, std::span<const std::uint8_t> table,
                         const BitScoring& scoring, std::span<float, kBitBlockRows> scores,
                         Isa isa) {
  std::array<std::uint32_t, kBitBlockRows> sums;
  bit_sums(block, table, sums, isa);
  return code_table(isa).score_sums(reinterpret_cast<const std::int32_t*>(sums.data()), scoring,
                                    scores.data());
}

}  // namespace sememe::kernels
