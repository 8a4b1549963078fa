#include "vectors/bit_codes.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "vectors/metric.h"

namespace sememe::vectors {
namespace {

constexpr std::size_t kMultiple = 64;

// Steps between the sixteen levels, in standard deviations of the numbers. 0.335 is the best for
// normal ones (Max 1960, "Quantizing for minimum distortion", table II); a rotated vector of few
// dimensions is not quite that.
constexpr float kSteps[] = {0.24F,  0.26F, 0.28F, 0.30F, 0.315F, 0.33F,
                            0.345F, 0.36F, 0.38F, 0.40F, 0.43F};

// The level 0..15 whose value level - 7.5 is nearest.
int level_of(float x) { return static_cast<int>(std::clamp(x + 8.0F, 0.0F, 15.0F)); }

// y.r and |y|^2 for levels of r / step.
struct Fit {
  double product = 0;
  double square = 0;
  double cosine_square() const { return square > 0 ? product * product / square : 0; }
};

Fit fit_of(std::span<const float> r, float inverse) {
  // Four chains; f32 sums of at most 64 numbers each before they go to double.
  Fit fit;
  for (std::size_t begin = 0; begin < r.size(); begin += kMultiple) {
    float products[4] = {};
    float squares[4] = {};
    for (std::size_t i = 0; i < kMultiple; ++i) {
      const float y = static_cast<float>(level_of(r[begin + i] * inverse)) - 7.5F;
      products[i % 4] += y * r[begin + i];
      squares[i % 4] += y * y;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      fit.product += double{products[i]};
      fit.square += double{squares[i]};
    }
  }
  return fit;
}

BitFactors factors(double square, double product) {
  return {.square = static_cast<float>(square), .factor = static_cast<float>(square / product)};
}

}  // namespace

BitFactors encode_one_bit(std::span<const float> rotated, std::span<std::uint8_t> code) {
  SEMEME_CHECK(rotated.size() % kMultiple == 0 && code.size() == one_bit_bytes(rotated.size()));
  double sizes = 0;
  for (std::size_t b = 0; b < code.size(); ++b) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const float x = rotated[8 * b + i];
      bits |= x > 0 ? 1U << i : 0U;
      sizes += std::abs(double{x});
    }
    code[b] = static_cast<std::uint8_t>(bits);
  }
  const double square = squared_length(rotated);
  return square > 0 ? factors(square, 0.5 * sizes) : BitFactors{};
}

BitFactors encode_four_bits(std::span<const float> rotated, std::span<std::uint8_t> code) {
  SEMEME_CHECK(rotated.size() % kMultiple == 0 && code.size() == four_bit_bytes(rotated.size()));
  const double square = squared_length(rotated);
  const auto deviation =
      static_cast<float>(std::sqrt(square / static_cast<double>(rotated.size())));
  if (!(deviation > 1e-30F)) {
    std::ranges::fill(code, std::uint8_t{0});
    return {};
  }
  Fit best;
  float best_inverse = 0;
  for (const float step : kSteps) {
    const float inverse = 1.0F / (step * deviation);
    const Fit fit = fit_of(rotated, inverse);
    if (fit.cosine_square() <= best.cosine_square()) continue;
    best = fit;
    best_inverse = inverse;
  }
  for (std::size_t b = 0; b < code.size(); ++b) {
    const int low = level_of(rotated[2 * b] * best_inverse);
    const int high = level_of(rotated[2 * b + 1] * best_inverse);
    code[b] = static_cast<std::uint8_t>(low + 16 * high);
  }
  return factors(square, best.product);
}

BitQuery bit_query(std::span<const float> rotated) {
  double sum = 0;
  for (const float value : rotated) sum += double{value};
  return {.sum = static_cast<float>(sum), .square = static_cast<float>(squared_length(rotated))};
}

float one_bit_sum(std::span<const std::uint8_t> code, std::span<const float> rotated) {
  SEMEME_CHECK(code.size() == one_bit_bytes(rotated.size()));
  double sum = 0;
  for (std::size_t d = 0; d < rotated.size(); ++d) {
    if ((code[d / 8] >> (d % 8)) % 2 == 1) sum += double{rotated[d]};
  }
  return static_cast<float>(sum);
}

float four_bit_sum(std::span<const std::uint8_t> code, std::span<const float> rotated) {
  SEMEME_CHECK(code.size() == four_bit_bytes(rotated.size()));
  double sum = 0;
  for (std::size_t b = 0; b < code.size(); ++b) {
    sum += double{rotated[2 * b]} * (code[b] % 16) + double{rotated[2 * b + 1]} * (code[b] / 16);
  }
  return static_cast<float>(sum);
}

float one_bit_deviation(const BitFactors& code, std::size_t dims) {
  // factor = 2 |r| / (c sqrt(dims)).
  const double across =
      0.25 * double{code.factor} * double{code.factor} * static_cast<double>(dims) -
      double{code.square};
  return static_cast<float>(std::sqrt(std::max(across, 0.0) / static_cast<double>(dims - 1)));
}

}  // namespace sememe::vectors
