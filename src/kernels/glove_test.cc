#include "kernels/glove.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

// Words and contexts of `dim` parameters, all with the same rate.
class Model {
 public:
  Model(std::size_t words, std::size_t contexts, std::size_t dim, float rate = 1.0F)
      : words_(words), dim_(dim), values_((words + contexts) * 2 * dim) {
    const std::vector<float> values = test_values((words + contexts) * dim, 11);
    for (std::size_t row = 0; row < words + contexts; ++row) {
      for (std::size_t d = 0; d < dim; ++d) {
        values_.data()[row * 2 * dim + d] = 0.4F * values[row * dim + d];
        values_.data()[row * 2 * dim + dim + d] = rate;
      }
    }
  }
  float* data() { return values_.data(); }
  std::size_t size() const { return values_.size(); }
  GloveBlock block(const std::vector<std::uint32_t>& pairs, const std::vector<float>& logs,
                   float rate) {
    return {.words = values_.data(),
            .contexts = values_.data() + words_ * 2 * dim_,
            .pairs = pairs,
            .logs = logs,
            .log_x_max = std::log(10.0F),
            .power = 0.75F,
            .rate = rate,
            .dim = dim_};
  }

 private:
  std::size_t words_;
  std::size_t dim_;
  AlignedFloats values_;
};

// Logarithms of counts from 0.1 to 1000.
std::vector<float> logs_of(std::size_t count) {
  std::vector<float> logs = test_values(count, 12);
  for (float& log : logs) log = 2.3F + 4.6F * log;
  return logs;
}

// One word with `count` contexts.
std::vector<std::uint32_t> one_group(std::size_t count) {
  std::vector<std::uint32_t> pairs;
  for (std::size_t j = 0; j < count; ++j) pairs.push_back(glove_pair(0, count - 1 - j));
  return pairs;
}

// A step of size `rate` moves every parameter against the slope of the loss, which central
// differences find, times its own rate.
TEST(GloveSteps, FollowTheGradientOfTheirLoss) {
  constexpr std::size_t kDim = 48;
  constexpr float kRate = 1e-4F;
  constexpr float kOwnRate = 0.5F;
  constexpr float kDifference = 1e-2F;
  for (std::size_t count = 1; count <= kGloveGroup; ++count) {
    const std::vector<std::uint32_t> pairs = one_group(count);
    const std::vector<float> logs = logs_of(count);
    for (const Isa isa : supported_isas()) {
      Model before(1, count, kDim, kOwnRate);
      Model after(1, count, kDim, kOwnRate);
      const double loss = glove_steps(after.block(pairs, logs, kRate), isa);
      ASSERT_NEAR(loss, glove_loss(before.block(pairs, logs, kRate)), 1e-4 * loss);
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (i / kDim % 2 == 1) continue;  // rates
        const float value = before.data()[i];
        before.data()[i] = value + kDifference;
        const double above = glove_loss(before.block(pairs, logs, kRate));
        before.data()[i] = value - kDifference;
        const double below = glove_loss(before.block(pairs, logs, kRate));
        before.data()[i] = value;
        const double slope = (above - below) / (2 * double{kDifference});
        const double expected = -double{kRate} * double{kOwnRate} * slope;
        ASSERT_NEAR(double{after.data()[i]} - double{value}, expected,
                    1e-3 * std::abs(expected) + 4e-8)
            << isa_name(isa) << " of " << count << " position " << i;
      }
    }
  }
}

// Against AdaGrad with sums of squares in double: rates stay within two thousandths after many
// large steps.
TEST(GloveSteps, KeepTheRatesOfAdaGrad) {
  constexpr std::size_t kDim = 16;
  constexpr std::size_t kContexts = 5;
  constexpr float kRate = 0.05F;
  const std::vector<std::uint32_t> pairs = one_group(kContexts);
  const std::vector<float> logs = logs_of(kContexts);
  for (const Isa isa : supported_isas()) {
    Model model(1, kContexts, kDim);
    std::vector<double> sums(model.size(), 1.0);
    for (int step = 0; step < 300; ++step) {
      for (std::size_t j = 0; j < kContexts; ++j) {  // one pair at a time
        const std::vector<std::uint32_t> pair = {pairs[j]};
        const std::vector<float> log = {logs[j]};
        const std::vector<float> old(model.data(), model.data() + model.size());
        glove_steps(model.block(pair, log, kRate), isa);
        const std::size_t context = (1 + (pairs[j] & 0xFFFF)) * 2 * kDim;
        double error = -double{log[0]};
        for (std::size_t d = 0; d < kDim; ++d) error += double{old[d]} * double{old[context + d]};
        const double f = std::min(1.0, std::pow(std::exp(double{log[0]}) / 10, 0.75));
        for (std::size_t d = 0; d < kDim; ++d) {
          sums[d] += std::pow(double{kRate} * f * error * double{old[context + d]}, 2);
          sums[context + d] += std::pow(double{kRate} * f * error * double{old[d]}, 2);
        }
      }
    }
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (i / kDim % 2 == 0) continue;
      ASSERT_NEAR(double{model.data()[i]} * std::sqrt(sums[i - kDim]), 1, 2e-3) << isa_name(isa);
    }
  }
}

TEST(GloveSteps, LeaveWhatHasNoRate) {
  constexpr std::size_t kDim = 32;
  const std::vector<std::uint32_t> pairs = one_group(7);
  const std::vector<float> logs = logs_of(7);
  for (const Isa isa : supported_isas()) {
    Model model(1, 7, kDim, 0.0F);
    const std::vector<float> before(model.data(), model.data() + model.size());
    glove_steps(model.block(pairs, logs, 0.05F), isa);
    ASSERT_EQ(std::memcmp(before.data(), model.data(), before.size() * sizeof(float)), 0);
  }
}

// Words of one pair, of a part of a group and of several groups, in blocks that end anywhere.
TEST(GloveSteps, GiveTheSameBitsOnEveryTier) {
  constexpr std::size_t kWords = 9;
  constexpr std::size_t kContexts = 60;
  for (const std::size_t dim : {16UL, 112UL, 304UL}) {
    std::vector<std::uint32_t> pairs;
    for (std::size_t word = 0; word < kWords; ++word) {
      for (std::size_t j = 0; j < 1 + word * 7; ++j) {
        pairs.push_back(glove_pair(word, (word + 13 * j) % kContexts));
      }
    }
    const std::vector<float> logs = logs_of(pairs.size());
    std::vector<float> expected;
    double expected_loss = 0;
    for (const Isa isa : supported_isas()) {
      Model model(kWords, kContexts, dim);
      const double loss = glove_steps(model.block(pairs, logs, 0.05F), isa);
      const std::vector<float> values(model.data(), model.data() + model.size());
      if (isa == Isa::kScalar) {
        expected = values;
        expected_loss = loss;
      }
      ASSERT_EQ(loss, expected_loss);
      ASSERT_EQ(std::memcmp(values.data(), expected.data(), values.size() * sizeof(float)), 0)
          << isa_name(isa) << " dim " << dim;
    }
  }
}

}  // namespace
}  // namespace sememe::kernels
