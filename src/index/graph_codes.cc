#include "index/graph_codes.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "vectors/bit_codes.h"

namespace sememe::index {
namespace {

constexpr std::size_t kBlock = 1024;

struct Centre {
  std::span<const float> x;
  float sum;
};

void encode_row(std::span<const float> x, const Centre& centre, std::span<float> scratch,
                std::span<std::uint8_t> code) {
  for (std::size_t d = 0; d < x.size(); ++d) scratch[d] = x[d] - centre.x[d];
  const auto bits = code.first(CodeLayout{x.size()}.factors());
  const vectors::BitFactors found = vectors::encode_one_bit(scratch, bits);
  // y.c is the sum at set bits less half of the sum.
  const float inner = vectors::one_bit_sum(bits, centre.x) - 0.5F * centre.sum;
  const float numbers[] = {found.square + 2.0F * found.factor * inner, 2.0F * found.factor};
  std::memcpy(code.data() + bits.size(), numbers, sizeof numbers);
}

}  // namespace

RowCodes encode_rows(const GraphPoints& points, const EqualRows& rows, ThreadPool& pool) {
  const std::size_t bytes = CodeLayout{points.dims()}.bytes();
  RowCodes out = {.centre = kernels::AlignedFloats(points.dims()),
                  .codes = kernels::AlignedBytes(rows.size() * bytes)};
  if (points.size() == 0) return out;
  const std::vector<double> mean = mean_of(points, pool);
  std::ranges::transform(mean, out.centre.data(), [](double m) { return static_cast<float>(m); });
  const Centre centre = {out.centre.span(), vectors::bit_query(out.centre.span()).sum};
  pool.parallel_for((points.size() + kBlock - 1) / kBlock, [&](std::size_t b, std::size_t) {
    std::vector<float> scratch(points.dims());
    const std::size_t end = std::min(points.size(), (b + 1) * kBlock);
    for (std::size_t p = b * kBlock; p < end; ++p) {
      const auto code = out.codes.span().subspan(rows.distinct()[p] * bytes, bytes);
      encode_row(points.rotated(static_cast<Node>(p)), centre, scratch, code);
      for (const std::uint32_t copy : copies_at(rows.copies(), rows.places()[p])) {
        std::ranges::copy(code, out.codes.data() + copy * bytes);
      }
    }
  });
  return out;
}

}  // namespace sememe::index
