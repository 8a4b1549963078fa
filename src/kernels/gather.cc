#include "kernels/gather.h"

#include <algorithm>
#include <cstring>

#include "base/error_context.h"
#include "kernels/convert.h"
#include "kernels/gather_table.h"

namespace sememe::kernels {
namespace {

const GatherTable& gather_table(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return kAvx512Gather;
  if (isa >= Isa::kAvx2) return kAvx2Gather;
#endif
  static_cast<void>(isa);
  return kScalarGather;
}

// The scalar tier: one column of one row at a time.

float element(const std::byte* row, std::size_t c, RowType type) {
  float value = 0;
  switch (type) {
    case RowType::kF32:
      std::memcpy(&value, row + 4 * c, sizeof(value));
      break;
    case RowType::kF16:
      f16_to_f32(row + 2 * c, {&value, 1});
      break;
    case RowType::kBf16:
      bf16_to_f32(row + 2 * c, {&value, 1});
      break;
    case RowType::kI8:
      value = static_cast<float>(static_cast<std::int8_t>(row[c]));
      break;
  }
  return value;
}

template <RowType kType>
void gather_rows(const GatherBlock& g) {
  // Unweighted bytes are added up to kByteRows at a time, exactly, as the other tiers do it.
  const bool grouped = kType == RowType::kI8 && g.weights == nullptr;
  const std::size_t group = grouped ? kByteRows : 1;
  std::fill_n(g.out, g.cols, 0.0F);
  for (std::size_t c = 0; c < g.cols; ++c) {
    for (std::size_t begin = 0; begin < g.count; begin += group) {
      float sum = 0;
      for (std::size_t i = begin; i < std::min(g.count, begin + group); ++i) {
        const std::byte* row = g.table + static_cast<std::size_t>(g.ids[i]) * g.stride;
        const float value = element(row, c, kType);
        sum += g.weights == nullptr ? value : g.weights[i] * value;
      }
      g.out[c] += sum;
    }
    g.out[c] *= g.factor;
  }
}

void gather(const RowTable& table, std::span<const TokenId> ids, std::span<const float> weights,
            float factor, std::span<float> out, Isa isa) {
  SEMEME_CHECK(out.size() == table.cols);
  SEMEME_CHECK(weights.empty() || weights.size() == ids.size());
  if (ids.empty()) {
    std::ranges::fill(out, 0.0F);
    return;
  }
  gather_table(isa).sum[static_cast<std::size_t>(table.type)](
      {.table = table.data,
       .stride = table.cols * row_type_bytes(table.type),
       .cols = table.cols,
       .ids = ids.data(),
       .count = ids.size(),
       .weights = weights.empty() ? nullptr : weights.data(),
       .factor = factor,
       .out = out.data()});
}

}  // namespace

const GatherTable kScalarGather = {{gather_rows<RowType::kF32>, gather_rows<RowType::kF16>,
                                    gather_rows<RowType::kBf16>, gather_rows<RowType::kI8>}};

void gather_mean(const RowTable& table, std::span<const TokenId> ids,
                 std::span<const float> weights, std::span<float> out, Isa isa) {
  gather(table, ids, weights, 1.0F / static_cast<float>(ids.size()), out, isa);
}

void gather_sum(const RowTable& table, std::span<const TokenId> ids, std::span<const float> weights,
                std::span<float> out, Isa isa) {
  gather(table, ids, weights, 1.0F, out, isa);
}

}  // namespace sememe::kernels
