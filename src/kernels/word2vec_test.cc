#include "kernels/word2vec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

// Rows of `dim` floats and pointers to them.
class Rows {
 public:
  Rows(std::size_t count, std::size_t dim, std::uint32_t seed) : memory_(count * dim), dim_(dim) {
    const std::vector<float> values = test_values(count * dim, seed);
    for (std::size_t i = 0; i < values.size(); ++i) memory_.data()[i] = 0.4F * values[i];
    for (std::size_t r = 0; r < count; ++r) pointers_.push_back(memory_.data() + r * dim);
  }
  std::span<float* const> pointers() const { return pointers_; }
  float& at(std::size_t row, std::size_t i) { return pointers_[row][i]; }
  std::vector<float> values() const {
    return {memory_.data(), memory_.data() + pointers_.size() * dim_};
  }

 private:
  AlignedFloats memory_;
  std::size_t dim_;
  std::vector<float*> pointers_;
};

std::vector<float> labels_of(std::size_t outputs) {
  std::vector<float> labels(outputs, 0.0F);
  for (std::size_t j = 0; j < outputs; j += 6) labels[j] = 1.0F;
  return labels;
}

constexpr float kRate = 1e-3F;
constexpr float kDifference = 1e-2F;

// A step of size `rate` moves every number against the slope of the loss, which central differences
// find.
template <class Loss>
void expect_slope(Rows& rows, const Rows& before, const Rows& after, std::size_t dim,
                  const Loss& loss, double factor = 1) {
  for (std::size_t r = 0; r < rows.pointers().size(); ++r) {
    for (std::size_t i = 0; i < dim; i += 3) {
      const float value = rows.at(r, i);
      rows.at(r, i) = value + kDifference;
      const double above = loss();
      rows.at(r, i) = value - kDifference;
      const double below = loss();
      rows.at(r, i) = value;
      const double slope = (above - below) / (2 * double{kDifference});
      const double moved =
          double{after.values()[r * dim + i]} - double{before.values()[r * dim + i]};
      ASSERT_NEAR(moved, -factor * double{kRate} * slope, 3e-4 * double{kRate} + 3e-8)
          << "row " << r << " position " << i;
    }
  }
}

TEST(SkipGramStep, FollowsTheGradientOfItsLoss) {
  constexpr std::size_t kDim = 48;
  for (const std::size_t outputs : {1UL, 2UL, 5UL, 6UL, 8UL}) {
    for (const std::size_t inputs : {1UL, 2UL, 7UL}) {
      for (const Isa isa : supported_isas()) {
        Rows x(inputs, kDim, 1);
        Rows o(outputs, kDim, 2);
        const Rows x_before(inputs, kDim, 1);
        const Rows o_before(outputs, kDim, 2);
        const std::vector<float> labels = labels_of(outputs);
        Rows x_after(inputs, kDim, 1);
        Rows o_after(outputs, kDim, 2);
        skip_gram_step({x_after.pointers(), o_after.pointers(), labels, kRate, kDim}, isa);
        const auto loss = [&] {
          return skip_gram_loss({x.pointers(), o.pointers(), labels, kRate, kDim});
        };
        expect_slope(x, x_before, x_after, kDim, loss);
        expect_slope(o, o_before, o_after, kDim, loss);
      }
    }
  }
}

TEST(MeanStep, FollowsTheGradientOfItsLoss) {
  constexpr std::size_t kDim = 32;
  AlignedFloats scratch(2 * kDim);
  for (const std::size_t count : {1UL, 4UL, 9UL}) {
    for (const bool averaged : {false, true}) {
      for (const Isa isa : supported_isas()) {
        constexpr std::size_t kOutputs = 6;
        Rows x(count, kDim, 3);
        Rows o(kOutputs, kDim, 4);
        const Rows x_before(count, kDim, 3);
        const Rows o_before(kOutputs, kDim, 4);
        const std::vector<float> labels = labels_of(kOutputs);
        Rows x_after(count, kDim, 3);
        Rows o_after(kOutputs, kDim, 4);
        mean_step({.rows = x_after.pointers(),
                   .outputs = o_after.pointers(),
                   .labels = labels,
                   .parts = {},
                   .rate = kRate,
                   .dim = kDim,
                   .averaged = averaged},
                  {scratch.data(), scratch.size()}, isa);
        const auto loss = [&] {
          return mean_loss({.rows = x.pointers(),
                            .outputs = o.pointers(),
                            .labels = labels,
                            .parts = {},
                            .rate = kRate,
                            .dim = kDim});
        };
        // The whole gradient of the mean is R times the gradient of a row.
        expect_slope(x, x_before, x_after, kDim, loss, averaged ? 1 : static_cast<double>(count));
        expect_slope(o, o_before, o_after, kDim, loss);
      }
    }
  }
}

// Parts are steps one after the other, with an input that follows.
TEST(MeanStep, OfSeveralPartsIsThatManySteps) {
  constexpr std::size_t kDim = 48;
  constexpr std::size_t kOutputs = 13;
  const std::vector<float> labels = labels_of(kOutputs);
  AlignedFloats scratch(2 * kDim);
  for (const Isa isa : supported_isas()) {
    Rows x(1, kDim, 5);
    Rows o(kOutputs, kDim, 6);
    Rows x_expected(1, kDim, 5);
    Rows o_expected(kOutputs, kDim, 6);
    const std::vector<std::size_t> ends = {6, 12};
    const std::span all = labels;
    const auto step = [&](const Rows& rows, const Rows& outputs, std::size_t begin, std::size_t end,
                          std::span<const std::size_t> parts) {
      mean_step({.rows = rows.pointers(),
                 .outputs = outputs.pointers().subspan(begin, end - begin),
                 .labels = all.subspan(begin, end - begin),
                 .parts = parts,
                 .rate = 0.05F,
                 .dim = kDim},
                {scratch.data(), scratch.size()}, isa);
    };
    step(x, o, 0, kOutputs, ends);
    step(x_expected, o_expected, 0, 6, {});
    step(x_expected, o_expected, 6, 12, {});
    step(x_expected, o_expected, 12, 13, {});
    for (std::size_t i = 0; i < kDim; ++i) ASSERT_NEAR(x.at(0, i), x_expected.at(0, i), 1e-6);
    EXPECT_EQ(o.values(), o_expected.values());
  }
}

TEST(Word2VecSteps, GiveTheSameBitsOnEveryTier) {
  for (const std::size_t dim : {16UL, 112UL, 304UL}) {
    for (std::size_t outputs = 1; outputs <= 17; ++outputs) {
      for (const std::size_t inputs : {1UL, 2UL, 3UL, 10UL, 17UL}) {
        const std::vector<float> labels = labels_of(outputs);
        AlignedFloats scratch(2 * dim);
        std::vector<float> expected;
        for (const Isa isa : supported_isas()) {
          Rows x(inputs, dim, 7);
          Rows o(outputs, dim, 8);
          skip_gram_step({x.pointers(), o.pointers(), labels, 0.3F, dim}, isa);
          mean_step({.rows = x.pointers(),
                     .outputs = o.pointers(),
                     .labels = labels,
                     .parts = {},
                     .rate = 0.3F,
                     .dim = dim},
                    {scratch.data(), scratch.size()}, isa);
          std::vector<float> values = x.values();
          const std::vector<float> others = o.values();
          values.insert(values.end(), others.begin(), others.end());
          if (isa == Isa::kScalar) expected = values;
          ASSERT_EQ(std::memcmp(values.data(), expected.data(), values.size() * sizeof(float)), 0)
              << isa_name(isa) << " dim " << dim << " outputs " << outputs << " inputs " << inputs;
        }
      }
    }
  }
}

// A step, whole or in slices of columns: found from rows that stay, then moved.
struct Sliced {
  std::size_t inputs;
  std::size_t outputs;
  std::size_t dim;
  std::vector<std::size_t> ends;  // of slices
  bool mean;

  // The rows afterwards, inputs first, and the loss before.
  struct Result {
    std::vector<float> rows;
    double loss = 0;
  };
  Result run(Isa isa) const {
    Rows x(inputs, dim, 1);
    Rows o(outputs, dim, 2);
    const std::vector<float> labels = labels_of(outputs);
    AlignedFloats memory(2 * dim);
    const std::span<float> scratch = {memory.data(), memory.size()};
    std::vector<std::vector<float>> products;
    std::vector<const float*> slices;
    for (const bool moving : {false, true}) {
      std::size_t begin = 0;
      for (const std::size_t end : ends) {
        std::vector<float*> in;
        std::vector<float*> out;
        for (float* row : x.pointers()) in.push_back(row + begin);
        for (float* row : o.pointers()) out.push_back(row + begin);
        const SkipGramStep step = {in, out, labels, 0.3F, end - begin};
        const MeanStep of_mean = {.rows = in,
                                  .outputs = out,
                                  .labels = labels,
                                  .parts = {},
                                  .rate = 0.3F,
                                  .dim = end - begin};
        if (!moving) {
          products.emplace_back(inputs * outputs + 16);
          slices.push_back(products.back().data());
        }
        if (moving && mean) mean_move(of_mean, slices, scratch, isa);
        if (moving && !mean) skip_gram_move(step, slices, isa);
        if (!moving && mean) mean_products(of_mean, products.back(), scratch, isa);
        if (!moving && !mean) skip_gram_products(step, products.back(), isa);
        begin = end;
      }
    }
    return {values_of(x, o), products_loss(mean ? 1 : inputs, labels, slices)};
  }

  Result run_whole(Isa isa) const {
    Rows x(inputs, dim, 1);
    Rows o(outputs, dim, 2);
    const std::vector<float> labels = labels_of(outputs);
    AlignedFloats scratch(2 * dim);
    const SkipGramStep step = {x.pointers(), o.pointers(), labels, 0.3F, dim};
    const MeanStep of_mean = {.rows = x.pointers(),
                              .outputs = o.pointers(),
                              .labels = labels,
                              .parts = {},
                              .rate = 0.3F,
                              .dim = dim};
    const double loss = mean ? mean_loss(of_mean) : skip_gram_loss(step);
    if (mean) {
      mean_step(of_mean, {scratch.data(), scratch.size()}, isa);
    } else {
      skip_gram_step(step, isa);
    }
    return {values_of(x, o), loss};
  }

  static std::vector<float> values_of(const Rows& x, const Rows& o) {
    std::vector<float> values = x.values();
    const std::vector<float> more = o.values();
    values.insert(values.end(), more.begin(), more.end());
    return values;
  }
};

TEST(Word2VecSteps, InHalvesAreTheWholeStep) {
  for (const bool mean : {false, true}) {
    for (const std::size_t outputs : {1UL, 6UL, 8UL}) {
      const Sliced sliced = {5, outputs, 48, {48}, mean};
      for (const Isa isa : supported_isas()) {
        EXPECT_EQ(sliced.run(isa).rows, sliced.run_whole(isa).rows);
        EXPECT_NEAR(sliced.run(isa).loss, sliced.run_whole(isa).loss, 1e-5);
      }
    }
  }
}

// But for the rounding of sums. More outputs than a block has too: then the step is from the values
// before it as a whole, which a small rate makes the same.
TEST(Word2VecSteps, InSlicesAreTheWholeStep) {
  for (const bool mean : {false, true}) {
    const Sliced sliced = {3, 6, 64, {16, 64}, mean};
    const Sliced::Result whole = sliced.run_whole(Isa::kScalar);
    const Sliced::Result result = sliced.run(Isa::kScalar);
    EXPECT_NEAR(result.loss, whole.loss, 1e-5);
    for (std::size_t i = 0; i < whole.rows.size(); ++i) {
      ASSERT_NEAR(result.rows[i], whole.rows[i], 1e-6);
    }
    for (const std::size_t outputs : {6UL, 8UL, 9UL, 19UL}) {
      const Sliced many = {3, outputs, 64, {16, 64}, mean};
      EXPECT_NEAR(many.run(Isa::kScalar).loss, many.run_whole(Isa::kScalar).loss, 1e-4);
      for (const Isa isa : supported_isas()) {
        EXPECT_EQ(many.run(isa).rows, many.run(Isa::kScalar).rows) << isa_name(isa);
      }
    }
  }
}

// Products far outside the range of the sigmoid move nothing or a whole step, never to NaN.
TEST(SkipGramStep, StaysFiniteWhereProductsAreHuge) {
  constexpr std::size_t kDim = 16;
  for (const Isa isa : supported_isas()) {
    Rows x(1, kDim, 9);
    Rows o(2, kDim, 10);
    for (std::size_t i = 0; i < kDim; ++i) {
      x.at(0, i) = 1e6F;
      o.at(0, i) = 1e6F;
      o.at(1, i) = -1e6F;
    }
    const std::vector<float> labels = {1.0F, 0.0F};
    skip_gram_step({x.pointers(), o.pointers(), labels, 0.05F, kDim}, isa);
    for (std::size_t i = 0; i < kDim; ++i) {
      EXPECT_NEAR(x.at(0, i), 1e6F, 1.0F);
      EXPECT_NEAR(o.at(0, i), 1e6F, 1.0F);
      EXPECT_NEAR(o.at(1, i), -1e6F, 1.0F);
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
