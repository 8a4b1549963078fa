#include "kernels/feed_forward.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

struct Layer {
  Layer(std::size_t hidden, std::size_t wide, Isa isa)
      : up(wide, hidden, isa), down(hidden, wide, isa) {
    std::vector<float> weights = test_values(hidden * wide, 1);
    up.fill(0, weights.data(), test_values(wide, 2));
    weights = test_values(hidden * wide, 3);
    down.fill(0, weights.data(), test_values(hidden, 4));
  }
  PackedWeights up, down;
};

std::vector<float> run(const Layer& layer, std::vector<float> x) {
  const std::size_t hidden = layer.up.k();
  const std::size_t m = x.size() / hidden;
  std::vector<float> scratch(feed_forward_scratch(m, layer.up, layer.down), NAN);
  feed_forward(m, {x.data(), hidden}, layer.up, layer.down, scratch);
  return x;
}

std::vector<float> run_as_products(const Layer& layer, std::vector<float> x) {
  const std::size_t hidden = layer.up.k();
  const std::size_t wide = layer.up.n();
  const std::size_t m = x.size() / hidden;
  std::vector<float> inner(m * wide);
  gemm(m, {x.data(), hidden}, layer.up, {inner.data(), wide},
       {.epilogue = Epilogue::kGelu, .residual = {}});
  gemm(m, {inner.data(), wide}, layer.down, {x.data(), hidden},
       {.epilogue = Epilogue::kResidual, .residual = {x.data(), hidden}});
  return x;
}

void expect_the_bits_of_products(std::size_t m, std::size_t hidden, std::size_t wide, Isa isa) {
  const Layer layer(hidden, wide, isa);
  const std::vector<float> x = test_values(m * hidden, 5);
  ASSERT_EQ(run(layer, x), run_as_products(layer, x))
      << isa_name(isa) << " m=" << m << " H=" << hidden << " I=" << wide;
}

TEST(FeedForward, HasTheBitsOfTwoProductsForEveryRowCountAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t m = 0; m <= 70; ++m) expect_the_bits_of_products(m, 40, 72, isa);
  }
}

TEST(FeedForward, HasTheBitsOfTwoProductsForEveryWidthAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t wide = 1; wide <= 67; ++wide) expect_the_bits_of_products(5, 33, wide, isa);
    for (std::size_t hidden = 1; hidden <= 67; ++hidden) {
      expect_the_bits_of_products(19, hidden, 40, isa);
    }
    expect_the_bits_of_products(35, 96, 1000, isa);
  }
}

// More rows than one block of any tier has.
TEST(FeedForward, RowsKeepTheirBitsInBlocks) {
  for (const Isa isa : supported_isas()) expect_the_bits_of_products(700, 192, 400, isa);
}

TEST(FeedForward, KeepsTheGapsOfStridedRows) {
  for (const Isa isa : supported_isas()) {
    const Layer layer(20, 50, isa);
    const std::vector<float> dense = test_values(6 * 20, 5);
    const std::vector<float> expected = run(layer, dense);
    std::vector<float> x(6 * 30 + 1, 9.0F);
    float* unaligned = x.data() + 1;
    for (std::size_t r = 0; r < 6; ++r) std::copy_n(&dense[r * 20], 20, unaligned + r * 30);
    std::vector<float> scratch(feed_forward_scratch(6, layer.up, layer.down));
    feed_forward(6, {unaligned, 30}, layer.up, layer.down, scratch);
    for (std::size_t i = 0; i < 6 * 30; ++i) {
      EXPECT_EQ(unaligned[i], i % 30 < 20 ? expected[i / 30 * 20 + i % 30] : 9.0F);
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
