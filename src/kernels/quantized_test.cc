#include "kernels/quantized.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "kernels/quantized_table.h"
#include "kernels/test_values.h"
#include "sememe/error.h"

namespace sememe::kernels {
namespace {

constexpr Quantization kBoth[] = {Quantization::kInt8, Quantization::kInt16};

const char* word(Quantization q) { return q == Quantization::kInt8 ? "int8" : "int16"; }

struct Problem {
  std::size_t m;
  std::size_t n;
  std::size_t k;
};

// x, W, bias, the residual and the factors of a layer.
struct Operands {
  explicit Operands(Problem p)
      : x(test_values(p.m * p.k, 1)),
        w(test_values(p.n * p.k, 2)),
        bias(test_values(p.n, 3)),
        residual(test_values(p.m * p.n, 4)),
        factors(test_values(p.k, 5)) {
    for (float& factor : factors) factor = 0.25F + std::abs(factor);
    for (std::size_t i = 0; i < x.size(); i += 7) x[i] *= 6.0F;
  }
  std::vector<float> x, w, bias, residual, factors;
};

QuantizedRows quantized_rows(const Operands& o, Problem p, Quantization q, Isa isa) {
  QuantizedRows rows(q, isa);
  rows.grow(p.m, p.k);
  quantize(p.m, {o.x.data(), p.k}, o.factors, rows.from(0));
  return rows;
}

QuantizedWeights weights_of(const Operands& o, Problem p, Quantization q, Isa isa) {
  return {o.w, o.bias, p.k, o.factors, q, isa};
}

std::vector<float> run(const Operands& o, Problem p, Quantization q, Isa isa,
                       QuantizedEpilogue epilogue) {
  QuantizedRows rows = quantized_rows(o, p, q, isa);
  const QuantizedWeights weights = weights_of(o, p, q, isa);
  std::vector<float> c = o.residual;
  if (epilogue != QuantizedEpilogue::kGelu) {
    quantized_gemm(p.m, rows.from(0), weights, {c.data(), p.n}, epilogue);
    return c;
  }
  QuantizedRows out(q, isa);
  out.grow(p.m, p.n);
  quantized_gemm_gelu(p.m, rows.from(0), weights, {c.data(), p.n}, out.from(0));
  const QuantizedView view = out.from(0);
  for (std::size_t r = 0; r < p.m; ++r) {
    c.push_back(view.scale[r]);
    c.push_back(view.low[r]);
  }
  return c;
}

double exact_gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }

TEST(QuantizedGemm, IsAsCloseToTheExactProductAsItsLevelsAllow) {
  const Problem p{9, 50, 300};
  const Operands o(p);
  for (const Quantization q : kBoth) {
    // Steps of 1/255 and 1/127 of values up to 6 and 1, over 300 products of random sign.
    const double bound = q == Quantization::kInt8 ? 1.1 : 0.03;
    for (const auto epilogue :
         {QuantizedEpilogue::kBias, QuantizedEpilogue::kResidual, QuantizedEpilogue::kGelu}) {
      const std::vector<float> c = run(o, p, q, Isa::kScalar, epilogue);
      for (std::size_t r = 0; r < p.m; ++r) {
        for (std::size_t j = 0; j < p.n; ++j) {
          double exact = o.bias[j];
          for (std::size_t i = 0; i < p.k; ++i) {
            exact += double{o.x[r * p.k + i]} * double{o.w[j * p.k + i]};
          }
          if (epilogue == QuantizedEpilogue::kResidual) exact += o.residual[r * p.n + j];
          if (epilogue == QuantizedEpilogue::kGelu) exact = exact_gelu(exact);
          ASSERT_NEAR(c[r * p.n + j], exact, bound) << word(q) << " " << r << "," << j;
        }
      }
    }
  }
}

// Lengths around every block size of every tier, a depth of several tiles.
TEST(QuantizedGemm, GivesTheSameBitsOnEveryTier) {
  const Problem problems[] = {{1, 1, 1},     {3, 17, 5},     {16, 64, 64},   {17, 70, 130},
                              {33, 96, 384}, {45, 130, 449}, {70, 33, 1536}, {12, 48, 48}};
  for (const Problem& p : problems) {
    const Operands o(p);
    for (const Quantization q : kBoth) {
      for (const auto epilogue :
           {QuantizedEpilogue::kBias, QuantizedEpilogue::kResidual, QuantizedEpilogue::kGelu}) {
        const std::vector<float> expected = run(o, p, q, Isa::kScalar, epilogue);
        for (const Isa isa : supported_isas()) {
          const std::vector<float> c = run(o, p, q, isa, epilogue);
          for (std::size_t i = 0; i < c.size(); ++i) {
            ASSERT_EQ(c[i], expected[i]) << word(q) << " " << isa_name(isa) << " " << p.m << "x"
                                         << p.n << "x" << p.k << " at " << i;
          }
        }
      }
    }
  }
}

TEST(QuantizedGemm, GivesARowTheSameBitsWhateverTheOtherRowsAre) {
  const Problem p{100, 80, 384};
  const Operands o(p);
  for (const Quantization q : kBoth) {
    for (const Isa isa : supported_isas()) {
      const std::vector<float> all = run(o, p, q, isa, QuantizedEpilogue::kBias);
      for (const std::size_t rows : {1UL, 5UL, 16UL, 31UL, 64UL}) {
        const std::vector<float> part = run(o, {rows, p.n, p.k}, q, isa, QuantizedEpilogue::kBias);
        for (std::size_t i = 0; i < rows * p.n; ++i) ASSERT_EQ(part[i], all[i]) << isa_name(isa);
      }
    }
  }
}

// Largest levels against weights of one sign: the sum that comes nearest to 2^31. 16-bit integers
// are cut to 85 there, so the product is right within one part in 170.
TEST(QuantizedGemm, NeverOverflowsItsSums) {
  const Problem p{2, 20, 3072};
  Operands o(p);
  std::ranges::fill(o.x, 1.0F);
  o.x[0] = o.x[p.k] = 0.0F;
  std::ranges::fill(o.w, 0.5F);
  std::ranges::fill(o.factors, 1.0F);
  for (const Quantization q : kBoth) {
    for (const Isa isa : supported_isas()) {
      const std::vector<float> c = run(o, p, q, isa, QuantizedEpilogue::kBias);
      for (std::size_t i = 0; i < c.size(); ++i) {
        ASSERT_NEAR(c[i], 0.5 * static_cast<double>(p.k - 1) + double{o.bias[i % p.n]}, 8.0)
            << word(q) << isa_name(isa);
      }
    }
  }
}

TEST(Quantize, EveryLevelIsWithinHalfAStepAndTheRowsEndsAreExact) {
  const Problem p{5, 75, 75};
  const Operands o(p);
  for (const Isa isa : supported_isas()) {
    QuantizedRows rows = quantized_rows(o, p, Quantization::kInt8, isa);
    const QuantizedView view = rows.from(0);
    for (std::size_t r = 0; r < p.m; ++r) {
      std::vector<double> levels;
      for (std::size_t i = 0; i < p.k; ++i) {
        const double value = double{o.x[r * p.k + i]} * double{o.factors[i]};
        levels.push_back(view.data[r * view.stride + i]);
        ASSERT_NEAR(view.low[r] + view.scale[r] * levels.back(), value, 0.501 * view.scale[r]);
      }
      EXPECT_EQ(*std::ranges::min_element(levels), 0);
      EXPECT_EQ(*std::ranges::max_element(levels), 255);
    }
  }
}

TEST(Quantize, ARowOfOneValueAndARowOfZerosKeepTheirValue) {
  for (const Quantization q : kBoth) {
    for (const Isa isa : supported_isas()) {
      const std::vector<float> x = {3.5F, 3.5F, 3.5F, 0.0F, 0.0F, 0.0F};
      QuantizedRows rows(q, isa);
      rows.grow(2, 3);
      quantize(2, {x.data(), 3}, {}, rows.from(0));
      EXPECT_EQ(rows.from(0).low[0], 3.5F);
      EXPECT_EQ(rows.from(0).scale[0], 0.0F);
      EXPECT_EQ(rows.from(0).low[1], 0.0F);
      EXPECT_EQ(rows.from(0).scale[1], 0.0F);
    }
  }
}

TEST(LayerNormQuantize, GivesTheSameBitsOnEveryTierAndNormalisesInPlace) {
  for (const std::size_t n : {1UL, 15UL, 48UL, 100UL, 384UL}) {
    const std::size_t m = 37;
    const std::vector<float> x = test_values(m * n, 6);
    const std::vector<float> gamma = test_values(n, 7);
    const std::vector<float> beta = test_values(n, 8);
    const LayerNorm norm{.gamma = gamma, .beta = beta, .epsilon = 1e-12F};
    for (const Quantization q : kBoth) {
      std::vector<float> expected;
      std::vector<std::uint8_t> expected_levels;
      for (const Isa isa : supported_isas()) {
        std::vector<float> y = x;
        QuantizedRows rows(q, isa);
        rows.grow(m, n);
        layer_norm_quantize(m, {y.data(), n}, norm, {}, rows.from(0));
        const QuantizedView view = rows.from(0);
        for (std::size_t r = 0; r < m; ++r) {
          y.push_back(view.scale[r]);
          y.push_back(view.low[r]);
        }
        if (isa == Isa::kScalar) expected = y;
        ASSERT_EQ(std::memcmp(y.data(), expected.data(), y.size() * sizeof(float)), 0)
            << word(q) << " " << isa_name(isa) << " n=" << n;
      }
      std::vector<float> alone = x;
      portable_layer_norm(m, {alone.data(), n}, norm, Isa::kScalar);
      EXPECT_TRUE(std::equal(alone.begin(), alone.end(), expected.begin()));
    }
  }
}

std::vector<double> exact_attention(const AttentionShape& s, const std::vector<float>& qkv) {
  const std::size_t hidden = s.heads * s.head_dim;
  std::vector<double> out(s.tokens * hidden);
  for (std::size_t h = 0; h < s.heads; ++h) {
    for (std::size_t i = 0; i < s.tokens; ++i) {
      std::vector<double> p(s.tokens);
      double total = 0;
      for (std::size_t j = 0; j < s.tokens; ++j) {
        double dot = 0;
        for (std::size_t d = 0; d < s.head_dim; ++d) {
          dot += double{qkv[i * 3 * hidden + h * s.head_dim + d]} *
                 double{qkv[j * 3 * hidden + hidden + h * s.head_dim + d]};
        }
        total += p[j] = std::exp(dot / std::sqrt(static_cast<double>(s.head_dim)));
      }
      for (std::size_t j = 0; j < s.tokens; ++j) {
        for (std::size_t d = 0; d < s.head_dim; ++d) {
          out[i * hidden + h * s.head_dim + d] +=
              p[j] / total * qkv[j * 3 * hidden + 2 * hidden + h * s.head_dim + d];
        }
      }
    }
  }
  return out;
}

std::vector<float> run_attention(const AttentionShape& shape, Quantization q,
                                 const std::vector<float>& qkv) {
  const std::size_t hidden = shape.heads * shape.head_dim;
  std::vector<float> out(shape.tokens * hidden, -5.0F);
  AlignedFloats scratch(quantized_attention_scratch(shape, q));
  quantized_attention(shape, q, {qkv.data(), 3 * hidden}, {out.data(), hidden},
                      {scratch.data(), scratch.size()});
  return out;
}

TEST(QuantizedAttention, GivesTheSameBitsOnEveryTierNearTheExactOnes) {
  for (const std::size_t head_dim : {8UL, 20UL, 32UL, 64UL, 80UL}) {
    for (const std::size_t tokens : {1UL, 2UL, 16UL, 33UL, 64UL, 70UL, 129UL, 300UL}) {
      AttentionShape shape{.tokens = tokens, .heads = 3, .head_dim = head_dim, .isa = Isa::kScalar};
      std::vector<float> qkv = test_values(tokens * 9 * head_dim, 11);
      for (float& value : qkv) value *= 2.0F;
      const std::vector<double> exact = exact_attention(shape, qkv);
      for (const Quantization q : kBoth) {
        shape.isa = Isa::kScalar;
        const std::vector<float> expected = run_attention(shape, q, qkv);
        for (std::size_t i = 0; i < expected.size(); ++i) {
          ASSERT_NEAR(expected[i], exact[i], q == Quantization::kInt8 ? 0.06 : 1e-3);
        }
        for (const Isa isa : supported_isas()) {
          shape.isa = isa;
          const std::vector<float> out = run_attention(shape, q, qkv);
          ASSERT_EQ(std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)), 0)
              << word(q) << " " << isa_name(isa) << " T=" << tokens << " D=" << head_dim;
        }
      }
    }
  }
}

// Rows of queries that are zero weigh every key alike, none of the padding.
TEST(QuantizedAttention, AveragesTheValuesOfQueriesThatAreZero) {
  AttentionShape shape{.tokens = 37, .heads = 2, .head_dim = 32, .isa = Isa::kScalar};
  std::vector<float> qkv = test_values(shape.tokens * 192, 12);
  for (std::size_t t = 0; t < shape.tokens; ++t) {
    std::fill_n(qkv.begin() + static_cast<std::ptrdiff_t>(t * 192), 64, 0.0F);
  }
  const std::vector<double> exact = exact_attention(shape, qkv);
  for (const Quantization q : kBoth) {
    for (const Isa isa : supported_isas()) {
      shape.isa = isa;
      const std::vector<float> out = run_attention(shape, q, qkv);
      for (std::size_t i = 0; i < out.size(); ++i) {
        ASSERT_NEAR(out[i], exact[i], q == Quantization::kInt8 ? 5e-3 : 1e-4) << isa_name(isa);
      }
    }
  }
}

// Queries and keys of one sign: the sums pass 2^31 before the offset's share is taken off.
TEST(QuantizedAttention, IsRightWhereSumsWrap) {
  AttentionShape shape{.tokens = 40, .heads = 1, .head_dim = 128, .isa = Isa::kScalar};
  std::vector<float> qkv = test_values(shape.tokens * 384, 13);
  for (std::size_t t = 0; t < shape.tokens; ++t) {
    for (std::size_t i = 0; i < 256; ++i) qkv[t * 384 + i] = 1.0F + 0.001F * qkv[t * 384 + i];
  }
  const std::vector<double> exact = exact_attention(shape, qkv);
  for (const Isa isa : supported_isas()) {
    shape.isa = isa;
    const std::vector<float> out = run_attention(shape, Quantization::kInt16, qkv);
    for (std::size_t i = 0; i < out.size(); ++i)
      ASSERT_NEAR(out[i], exact[i], 1e-3) << isa_name(isa);
  }
}

// One key far above the rest, which together still weigh as much: what rounding down each of them
// would take shows in the mean over keys.
TEST(QuantizedAttention, KeepsTheWeightOfManySmallProbabilities) {
  constexpr std::size_t kTokens = 512;
  AttentionShape shape{.tokens = kTokens, .heads = 1, .head_dim = 16, .isa = Isa::kScalar};
  std::vector<float> qkv(kTokens * 48, 0.0F);
  for (std::size_t t = 0; t < kTokens; ++t) {
    qkv[t * 48] = 1.0F;                                                 // the query
    qkv[t * 48 + 16] = t == 0 ? 4.0F * std::log(511.0F * 1.3F) : 0.0F;  // the key
    qkv[t * 48 + 32] = t == 0 ? 0.0F : 1.0F;                            // the value
  }
  const std::vector<double> exact = exact_attention(shape, qkv);
  for (const Isa isa : supported_isas()) {
    shape.isa = isa;
    const std::vector<float> out = run_attention(shape, Quantization::kInt16, qkv);
    ASSERT_NEAR(out[0] / exact[0], 1.0, 2e-3) << isa_name(isa);
  }
}

TEST(QuantizedWeights, AViewOfTheBytesGivesTheSameProducts) {
  const Problem p{20, 50, 100};
  const Operands o(p);
  for (const Quantization q : kBoth) {
    for (const Isa isa : supported_isas()) {
      const QuantizedWeights owned = weights_of(o, p, q, isa);
      const QuantizedWeights view(p.n, p.k, q, isa, owned.bytes());
      QuantizedRows rows = quantized_rows(o, p, q, isa);
      std::vector<float> c(p.m * p.n);
      quantized_gemm(p.m, rows.from(0), view, {c.data(), p.n}, QuantizedEpilogue::kBias);
      EXPECT_EQ(c, run(o, p, q, isa, QuantizedEpilogue::kBias));
    }
  }
}

TEST(QuantizedWeights, RefuseWhatIsNotANumber) {
  std::vector<float> w(64, 1.0F);
  w[10] = NAN;
  const std::vector<float> bias(4);
  EXPECT_THROW(QuantizedWeights(w, bias, 16, {}, Quantization::kInt8), Error);
}

}  // namespace
}  // namespace sememe::kernels
