#include "kernels/edges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

float of_bf16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

bool bit_of(const std::vector<std::uint8_t>& block, std::size_t row, std::size_t d) {
  const unsigned byte = block[d / 4 * 16 + row % 16];
  return ((byte >> (row < 16 ? 0 : 4)) >> (d % 4) & 1U) != 0;
}

TEST(Edges, AreMeasuredAndCodedAsBySumsInDouble) {
  for (const std::size_t dims : {64UL, 384UL, 1088UL}) {
    const std::vector<float> p = test_values(dims, 1);
    std::vector<std::uint8_t> first_block;
    for (const Isa isa : supported_isas()) {
      std::vector<std::uint8_t> block(bit_block_bytes(dims));
      for (std::size_t row = 0; row < kEdges; row += 5) {
        const std::vector<float> x = test_values(dims, 2 + row);
        const EdgeSums sums = encode_edge(p, x, row, block, isa);
        double square = 0;
        double magnitude = 0;
        double signed_sum = 0;
        for (std::size_t d = 0; d < dims; ++d) {
          const double r = static_cast<double>(x[d]) - p[d];
          square += r * r;
          magnitude += std::abs(r);
          signed_sum += r > 0 ? p[d] : -p[d];
          ASSERT_EQ(bit_of(block, row, d), r > 0) << isa_name(isa) << ' ' << row << ' ' << d;
        }
        EXPECT_NEAR(sums.square, square, 1e-6 * square);
        EXPECT_NEAR(sums.magnitude, magnitude, 1e-6 * magnitude);
        EXPECT_NEAR(sums.signed_sum, signed_sum, 1e-5 * magnitude);
        std::vector<std::uint8_t> other(block.size());
        const EdgeSums scalar = encode_edge(p, x, row, other, Isa::kScalar);
        EXPECT_EQ(scalar.square, sums.square) << isa_name(isa);
        EXPECT_EQ(scalar.magnitude, sums.magnitude) << isa_name(isa);
        EXPECT_EQ(scalar.signed_sum, sums.signed_sum) << isa_name(isa);
      }
      if (first_block.empty()) first_block = block;
      EXPECT_EQ(block, first_block) << isa_name(isa);
    }
  }
}

TEST(Edges, OfAVectorToItselfAreZeros) {
  const std::vector<float> p = test_values(64, 1);
  for (const Isa isa : supported_isas()) {
    std::vector<std::uint8_t> block(bit_block_bytes(64));
    const EdgeSums sums = encode_edge(p, p, 17, block, isa);
    EXPECT_EQ(sums.square, 0);
    EXPECT_EQ(sums.magnitude, 0);
    EXPECT_EQ(std::ranges::count(block, 0), std::ssize(block));
  }
}

TEST(Edges, EstimatesAreTheFormulaInTheSameBitsOnEveryTier) {
  const std::size_t dims = 384;
  const std::vector<float> values = test_values(2 * kEdges, 3);
  EdgeFactors factors;
  for (std::size_t j = 0; j < kEdges; ++j) {
    factors.addend[j] = to_bf16(values[j]);
    factors.factor[j] = to_bf16(values[kEdges + j] + 1.0F);
  }
  std::vector<std::uint8_t> codes;
  for (const float v : test_values(bit_block_bytes(dims), 4)) {
    codes.push_back(static_cast<std::uint8_t>((v + 1.0F) * 128.0F));
  }
  std::vector<std::uint8_t> table(codes.size());
  const std::vector<float> q = test_values(dims, 5);
  const BitTableScale scale = make_bit_table(q, table);
  const EdgeQuery query = {.table = table, .scale = scale.scale, .offset = scale.offset - 0.5F};
  std::array<std::uint32_t, kEdges> sums;
  bit_sums(codes, table, sums, Isa::kScalar);
  std::array<float, kEdges> expected;
  estimate_edges(codes, factors, query, 0.75F, 1.0F, expected, Isa::kScalar);
  for (const Isa isa : supported_isas()) {
    std::array<float, kEdges> estimates;
    const std::uint32_t below = estimate_edges(codes, factors, query, 0.75F, 1.0F, estimates, isa);
    EXPECT_EQ(estimates, expected) << isa_name(isa);
    for (std::size_t j = 0; j < kEdges; ++j) {
      const double product = query.offset + static_cast<double>(query.scale) * sums[j];
      const double exact = 0.75 + of_bf16(factors.addend[j]) - of_bf16(factors.factor[j]) * product;
      EXPECT_NEAR(estimates[j], exact, 1e-5);
      EXPECT_EQ((below >> j & 1U) != 0, estimates[j] < 1.0F) << j;
    }
  }
}

TEST(Edges, AnEstimateThatIsNoNumberIsNotBelow) {
  EdgeFactors factors = {};
  factors.addend[3] = to_bf16(kInfinity);
  factors.addend[4] = to_bf16(std::numeric_limits<float>::quiet_NaN());
  const std::vector<std::uint8_t> codes(bit_block_bytes(64));
  const EdgeQuery query = {.table = codes, .scale = 1, .offset = 0};
  for (const Isa isa : supported_isas()) {
    std::array<float, kEdges> estimates;
    const std::uint32_t below = estimate_edges(codes, factors, query, 0, kInfinity, estimates, isa);
    EXPECT_EQ(below, ~(std::uint32_t{1} << 3 | std::uint32_t{1} << 4)) << isa_name(isa);
  }
}

TEST(Edges, Bf16IsTheNearest) {
  EXPECT_EQ(of_bf16(to_bf16(1.0F)), 1.0F);
  EXPECT_EQ(of_bf16(to_bf16(1.0F + 0x1p-8F)), 1.0F);  // half way, to even
  EXPECT_EQ(of_bf16(to_bf16(1.0F + 0x3p-8F)), 1.0F + 0x4p-8F);
  EXPECT_EQ(of_bf16(to_bf16(-1.0F - 0x1p-7F)), -1.0F - 0x1p-7F);
  EXPECT_EQ(of_bf16(to_bf16(3.4e38F)), kInfinity);
  EXPECT_TRUE(std::isnan(of_bf16(to_bf16(std::numeric_limits<float>::quiet_NaN()))));
}

// A queue of places, and what it must hold.
struct Queue {
  explicit Queue(std::size_t count)
      : distances(1 + count + kEdges, kInfinity),
        ids(1 + count + kEdges, 0),
        places{distances.data() + 1, ids.data() + 1, count},
        expected(count, {kInfinity, 0}) {}

  // Puts an entry where it must come to lie.
  void expect(float distance, std::uint32_t id) {
    const auto at = std::ranges::lower_bound(expected, distance, {},
                                             [](const auto& entry) { return entry.first; });
    expected.insert(at, {distance, id});
    expected.pop_back();
  }
  std::size_t place_of(float distance) const {
    return static_cast<std::size_t>(
        std::ranges::lower_bound(expected, distance, {},
                                 [](const auto& entry) { return entry.first; }) -
        expected.begin());
  }

  std::vector<float> distances;
  std::vector<std::uint32_t> ids;
  SortedPlaces places;
  std::vector<std::pair<float, std::uint32_t>> expected;
};

TEST(Edges, PlacesStaySortedAsByAStableSort) {
  for (const Isa isa : supported_isas()) {
    for (const std::size_t count : {16UL, 48UL, 336UL}) {
      for (const std::size_t at_once : {0UL, 1UL, 2UL, 5UL, 31UL, 32UL}) {
        Queue queue(count);
        const std::vector<float> values = test_values(4 * count, count);
        std::uint32_t id = 0;
        for (std::size_t round = 0; round < 4 * count / (at_once + 1); ++round) {
          SortedEntries entries;
          for (std::size_t i = 0; i < at_once; ++i) {
            const float distance = std::floor(values[id] * 20.0F);  // with equal ones
            entries.put(distance, ++id);
          }
          const std::size_t first = at_once == 0 ? count : queue.place_of(entries.distances()[0]);
          for (std::size_t i = at_once; i > 0; --i) {
            queue.expect(entries.distances()[i - 1], entries.ids()[i - 1]);
          }
          EXPECT_EQ(merge_sorted(queue.places, entries, isa), first) << isa_name(isa);
        }
        for (std::size_t i = 0; i < count; ++i) {
          EXPECT_EQ(queue.places.distances[i], queue.expected[i].first)
              << isa_name(isa) << ' ' << i;
          EXPECT_EQ(queue.places.ids[i], queue.expected[i].second) << isa_name(isa) << ' ' << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
