#include "kernels/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

std::vector<float> run(const AttentionShape& shape, std::span<const float> qkv) {
  const std::size_t hidden = shape.heads * shape.head_dim;
  std::vector<float> out(shape.tokens * hidden);
  std::vector<float> scratch(attention_scratch(shape), NAN);
  attention(shape, {qkv.data(), 3 * hidden}, {out.data(), hidden}, scratch);
  return out;
}

// softmax(Q K^T / sqrt(D)) V in double, straight from the formula.
std::vector<double> exact(const AttentionShape& s, std::span<const float> qkv) {
  const std::size_t hidden = s.heads * s.head_dim;
  std::vector<double> out(s.tokens * hidden);
  const auto at = [&](std::size_t part, std::size_t token, std::size_t head, std::size_t d) {
    return double{qkv[token * 3 * hidden + part * hidden + head * s.head_dim + d]};
  };
  for (std::size_t head = 0; head < s.heads; ++head) {
    for (std::size_t i = 0; i < s.tokens; ++i) {
      std::vector<double> p(s.tokens);
      for (std::size_t j = 0; j < s.tokens; ++j) {
        for (std::size_t d = 0; d < s.head_dim; ++d) p[j] += at(0, i, head, d) * at(1, j, head, d);
        p[j] /= std::sqrt(static_cast<double>(s.head_dim));
      }
      const double highest = *std::ranges::max_element(p);
      double sum = 0;
      for (double& x : p) sum += x = std::exp(x - highest);
      for (std::size_t j = 0; j < s.tokens; ++j) {
        for (std::size_t d = 0; d < s.head_dim; ++d) {
          out[i * hidden + head * s.head_dim + d] += p[j] / sum * at(2, j, head, d);
        }
      }
    }
  }
  return out;
}

void expect_close(const AttentionShape& shape, float spread) {
  std::vector<float> qkv = test_values(shape.tokens * 3 * shape.heads * shape.head_dim, 11);
  for (float& value : qkv) value *= spread;
  const std::vector<float> out = run(shape, qkv);
  const std::vector<double> expected = exact(shape, qkv);
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSERT_NEAR(out[i], expected[i], attention_bound(shape.isa, double{spread}))
        << isa_name(shape.isa) << " T=" << shape.tokens << " D=" << shape.head_dim << " i=" << i;
  }
}

TEST(Attention, MatchesDoubleForEveryTokenCountAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t tokens = 1; tokens <= 67; ++tokens) expect_close({tokens, 2, 32, isa}, 1.0F);
    expect_close({300, 1, 32, isa}, 1.0F);
  }
}

TEST(Attention, MatchesDoubleForEveryHeadDimAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t dim = 1; dim <= 67; ++dim) expect_close({19, 2, dim, isa}, 1.0F);
    expect_close({19, 2, 128, isa}, 1.0F);
  }
}

TEST(Attention, StaysAccurateWithLargeScores) {
  for (const Isa isa : supported_isas()) expect_close({50, 2, 32, isa}, 5.0F);
}

TEST(Attention, ResultDoesNotDependOnWhatTheScratchHeldBefore) {
  for (const Isa isa : supported_isas()) {
    const AttentionShape shape{37, 4, 12, isa};
    const std::vector<float> qkv = test_values(shape.tokens * 3 * 48, 3);
    const std::vector<float> fresh = run(shape, qkv);
    std::vector<float> scratch(attention_scratch({512, 4, 12, isa}), 1e30F);
    std::vector<float> out(fresh.size());
    attention(shape, {qkv.data(), 144}, {out.data(), 48}, scratch);
    EXPECT_EQ(out, fresh) << isa_name(isa);
  }
}

}  // namespace
}  // namespace sememe::kernels
