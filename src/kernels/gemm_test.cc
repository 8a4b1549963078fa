#include "kernels/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "kernels/table.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

struct Problem {
  std::size_t m;
  std::size_t n;
  std::size_t k;
};

struct Operands {
  explicit Operands(Problem p, Isa isa)
      : a(test_values(p.m * p.k, 1)),
        w(test_values(p.n * p.k, 2)),
        bias(test_values(p.n, 3)),
        residual(test_values(p.m * p.n, 4)),
        packed(p.n, p.k, isa) {
    packed.fill(0, w.data(), bias);
  }
  std::vector<float> a, w, bias, residual;
  PackedWeights packed;
};

double exact_gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }

double expected(const Operands& o, Problem p, Epilogue epilogue, std::size_t r, std::size_t c) {
  double sum = o.bias[c];
  for (std::size_t i = 0; i < p.k; ++i) sum += double{o.a[r * p.k + i]} * double{o.w[c * p.k + i]};
  if (epilogue == Epilogue::kGelu) return exact_gelu(sum);
  return epilogue == Epilogue::kResidual ? sum + o.residual[r * p.n + c] : sum;
}

std::vector<float> run(const Operands& o, Problem p, Epilogue epilogue) {
  std::vector<float> c(p.m * p.n, -77.0F);
  GemmOptions options{.epilogue = epilogue, .residual = {}};
  if (epilogue == Epilogue::kResidual) options.residual = {o.residual.data(), p.n};
  gemm(p.m, {o.a.data(), p.k}, o.packed, {c.data(), p.n}, options);
  return c;
}

void expect_close(Problem p, Isa isa) {
  const Operands o(p, isa);
  for (const Epilogue epilogue : {Epilogue::kBias, Epilogue::kGelu, Epilogue::kResidual}) {
    const std::vector<float> c = run(o, p, epilogue);
    for (std::size_t r = 0; r < p.m; ++r) {
      for (std::size_t j = 0; j < p.n; ++j) {
        ASSERT_NEAR(c[r * p.n + j], expected(o, p, epilogue, r, j), product_bound(isa, p.k))
            << isa_name(isa) << " " << p.m << "x" << p.n << "x" << p.k << " at " << r << "," << j;
      }
    }
  }
}

TEST(Gemm, MatchesDoubleForEveryColumnCountAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 1; n <= 67; ++n) expect_close({7, n, 19}, isa);
  }
}

TEST(Gemm, MatchesDoubleForEveryRowCountAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t m = 0; m <= 67; ++m) expect_close({m, 48, 33}, isa);
  }
}

TEST(Gemm, MatchesDoubleForEveryDepthAndTier) {
  for (const Isa isa : supported_isas()) {
    for (std::size_t k = 0; k <= 67; ++k) expect_close({5, 100, k}, isa);
    expect_close({3, 65, 1536}, isa);
  }
}

TEST(Gemm, GivesEachRowTheSameBitsWhateverTheOtherRowsAre) {
  const Problem p{211, 100, 384};
  for (const Isa isa : supported_isas()) {
    const Operands o(p, isa);
    for (const Epilogue epilogue : {Epilogue::kBias, Epilogue::kGelu, Epilogue::kResidual}) {
      const std::vector<float> all = run(o, p, epilogue);
      for (std::size_t first = 0; first < p.m; first += 13) {
        const std::size_t rows = std::min<std::size_t>(1 + first % 9, p.m - first);
        std::vector<float> part(rows * p.n);
        GemmOptions options{.epilogue = epilogue, .residual = {}};
        if (epilogue == Epilogue::kResidual) options.residual = {&o.residual[first * p.n], p.n};
        gemm(rows, {&o.a[first * p.k], p.k}, o.packed, {part.data(), p.n}, options);
        for (std::size_t i = 0; i < part.size(); ++i) ASSERT_EQ(part[i], all[first * p.n + i]);
      }
    }
  }
}

TEST(Gemm, AddsAResidualInPlaceAndKeepsTheGapsOfStridedRows) {
  const Problem p{9, 50, 20};
  for (const Isa isa : supported_isas()) {
    const Operands o(p, isa);
    const std::vector<float> apart = run(o, p, Epilogue::kResidual);
    std::vector<float> c(p.m * 60 + 1, 5.0F);
    float* unaligned = c.data() + 1;
    for (std::size_t r = 0; r < p.m; ++r) {
      std::copy_n(&o.residual[r * p.n], p.n, unaligned + r * 60);
    }
    gemm(p.m, {o.a.data(), p.k}, o.packed, {unaligned, 60},
         {.epilogue = Epilogue::kResidual, .residual = {unaligned, 60}});
    for (std::size_t r = 0; r < p.m; ++r) {
      for (std::size_t j = 0; j < 60; ++j) {
        EXPECT_EQ(unaligned[r * 60 + j], j < p.n ? apart[r * p.n + j] : 5.0F);
      }
    }
  }
}

TEST(PackedWeights, FilledInPartsEqualFilledAtOnce) {
  const Problem p{4, 150, 31};
  for (const Isa isa : supported_isas()) {
    Operands o(p, isa);
    const std::vector<float> whole = run(o, p, Epilogue::kBias);
    o.packed = PackedWeights(p.n, p.k, isa);
    for (const std::size_t first : {0UL, 50UL, 100UL}) {
      o.packed.fill(first, &o.w[first * p.k], std::span(o.bias).subspan(first, 50));
    }
    EXPECT_EQ(run(o, p, Epilogue::kBias), whole);
  }
}

// Memory that was used before, so that what nothing writes shows.
void leave_dirty_memory(std::size_t bytes) {
  AlignedFloats dirty = AlignedFloats::uninitialized(bytes / sizeof(float));
  std::fill_n(dirty.data(), dirty.size(), std::numeric_limits<float>::quiet_NaN());
}

TEST(PackedWeights, EveryByteComesFromTheWeightsOrIsZero) {
  for (const Problem& p : {Problem{1, 150, 31}, Problem{1, 128, 64}, Problem{1, 1, 1}}) {
    for (const Isa isa : supported_isas()) {
      const std::size_t size = PackedWeights::byte_size(p.n, p.k, isa);
      leave_dirty_memory(size);
      const Operands one(p, isa);
      leave_dirty_memory(size);
      const Operands two(p, isa);
      EXPECT_EQ(one.packed.bytes().size(), size);
      EXPECT_TRUE(std::ranges::equal(one.packed.bytes(), two.packed.bytes())) << isa_name(isa);
      const float* floats = one.packed.panels();
      for (std::size_t i = 0; packed_layout(isa).starts_with("f32") && i < size / 4; ++i) {
        ASSERT_FALSE(std::isnan(floats[i])) << isa_name(isa) << " at " << i;
      }
    }
  }
}

TEST(PackedWeights, AViewOfTheBytesGivesTheSameBits) {
  const Problem p{4, 150, 31};
  for (const Isa isa : supported_isas()) {
    Operands o(p, isa);
    const std::vector<float> owned = run(o, p, Epilogue::kBias);
    AlignedFloats copy = AlignedFloats::uninitialized(o.packed.bytes().size() / sizeof(float));
    auto* bytes = reinterpret_cast<std::uint8_t*>(copy.data());
    std::ranges::copy(o.packed.bytes(), bytes);
    o.packed = PackedWeights(p.n, p.k, isa, {bytes, o.packed.bytes().size()});
    EXPECT_EQ(o.packed.panels(), copy.data());
    EXPECT_EQ(run(o, p, Epilogue::kBias), owned) << isa_name(isa);
  }
}

TEST(PackedWeights, TiersOfOneLayoutReadEachOthersPanels) {
  const Problem p{4, 150, 31};
  for (const Isa one : supported_isas()) {
    for (const Isa other : supported_isas()) {
      const Operands a(p, one);
      const Operands b(p, other);
      EXPECT_EQ(packed_layout(one) == packed_layout(other),
                std::ranges::equal(a.packed.bytes(), b.packed.bytes()));
    }
  }
}

TEST(Exp2, IsWithinTwoUlpOfExactAndSmallestNormalFarBelow) {
  std::vector<float> x = {0.0F, -0.5F, -1.0F, -126.0F};
  for (float v = -126.0F; v <= 0.0F; v += 0.00731F) x.push_back(v);
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 0; n <= 67; ++n) {
      std::vector<float> y(n + 1, 3.0F);
      kernel_table(isa).exp2(x.data(), n, y.data());
      EXPECT_EQ(y[n], 3.0F);
    }
    std::vector<float> y(x.size());
    kernel_table(isa).exp2(x.data(), x.size(), y.data());
    EXPECT_EQ(y[0], 1.0F);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp2(double{x[i]});
      const double ulp = std::ldexp(1.0, std::ilogb(exact) - 23);
      ASSERT_NEAR(y[i], exact, 2 * ulp) << isa_name(isa) << " x=" << x[i];
    }
    const std::vector<float> low = {-127.0F, -1e30F, -std::numeric_limits<float>::infinity()};
    std::vector<float> smallest(3, 1.0F);
    kernel_table(isa).exp2(low.data(), 3, smallest.data());
    EXPECT_EQ(smallest, std::vector<float>(3, 0x1p-126F)) << isa_name(isa);
  }
}

TEST(Gelu, IsWithinItsBoundOfTheErfFormulaForEveryLength) {
  std::vector<float> x = {-1e30F, -100.0F, -0.0F, 0.0F, 1e-30F, 100.0F, 1e30F};
  for (float v = -9.0F; v <= 9.0F; v += 0.000731F) x.push_back(v);
  for (const Isa isa : supported_isas()) {
    for (std::size_t n = 0; n <= 67; ++n) {
      std::vector<float> y(n + 1, 3.0F);
      kernel_table(isa).gelu(x.data(), n, y.data());
      EXPECT_EQ(y[n], 3.0F);
    }
    std::vector<float> y(x.size());
    kernel_table(isa).gelu(x.data(), x.size(), y.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double bound = 3e-7 * std::max(1.0, std::abs(double{x[i]}));
      ASSERT_NEAR(y[i], exact_gelu(x[i]), bound) << isa_name(isa) << " x=" << x[i];
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
