#include "vectors/byte_codes.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error_context.h"
#include "vectors/metric.h"

namespace sememe::vectors {
namespace {

constexpr float kLeast = 1e-36F;  // 127 / it is a number

float highest_size(std::span<const float> x) {
  float highest = 0;
  for (const float value : x) highest = std::max(highest, std::abs(value));
  return highest;
}

// To the nearest, ties to even, for |x| < 2^22: the sum has the integer in its last bits. A call of
// nearbyint a number takes 5 ns without SSE 4.1.
std::int32_t nearest(float x) {
  return std::bit_cast<std::int32_t>(x + 0x1.8p23F) - std::bit_cast<std::int32_t>(0x1.8p23F);
}

}  // namespace

ByteScale encode_bytes(std::span<const float> x, std::span<std::int8_t> code) {
  SEMEME_CHECK(code.size() >= x.size());
  check_finite(x);
  const float highest = highest_size(x);
  if (highest < kLeast) {
    std::ranges::fill(code, std::int8_t{0});
    return {};
  }
  const float inverse = 127.0F / highest;
  std::int64_t squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int32_t level = nearest(x[i] * inverse);
    code[i] = static_cast<std::int8_t>(level);
    squares += level * level;
  }
  std::ranges::fill(code.subspan(x.size()), std::int8_t{0});
  const float scale = highest / 127.0F;
  const double square = double{scale} * double{scale} * static_cast<double>(squares);
  const ByteScale out = {.scale = scale, .square = static_cast<float>(square)};
  if (!std::isfinite(out.square)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected a squared length below 3.4e38, found ", square));
  }
  return out;
}

}  // namespace sememe::vectors
