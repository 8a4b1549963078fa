// The scalar tier of functions on codes: plain loops, the oracle of the others.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/code_table.h"
#include "kernels/convert.h"
#include "kernels/simd_scalar.h"

namespace sememe::kernels {
namespace {

using scalar::Simd;

Simd::Reg load_halves(const std::uint16_t* from) {
  Simd::Reg out;
  f16_to_f32(reinterpret_cast<const std::byte*>(from), out.lane);
  return out;
}

#include "kernels/half_dot_inl.h"

void hadamard(float* values, const float* signs, std::size_t n, float factor) {
  for (std::size_t i = 0; i < n; ++i) values[i] *= signs == nullptr ? factor : factor * signs[i];
  for (std::size_t h = 1; h < n; h *= 2) {
    for (std::size_t i = 0; i < n; ++i) {
      if ((i & h) != 0) continue;
      const float a = values[i];
      const float b = values[i + h];
      values[i] = a + b;
      values[i + h] = a - b;
    }
  }
}

void mix_halves(float* values, const float* signs, std::size_t half) {
  for (std::size_t i = 0; i < half; ++i) {
    const float a = values[i] * (signs[i] * kHalfTurn);
    const float b = values[half + i] * (signs[half + i] * kHalfTurn);
    values[i] = a + b;
    values[half + i] = a - b;
  }
}

void byte_dots(const ByteDotBlock& p) {
  for (std::size_t r = 0; r < p.count; ++r) {
    const std::int8_t* row = p.rows + (p.ids == nullptr ? r : p.ids[r]) * p.stride;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < p.n; ++i) sum += p.query[i] * row[i];
    p.out[r] = sum;
  }
}

void nibble_sums(const NibbleBlock& b) {
  for (std::size_t j = 0; j < kBitBlockRows; ++j) {
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < b.dims; ++d) {
      const std::uint8_t levels = b.codes[d / 8 * 128 + 4 * j + d % 4];
      sum += b.query[d] * (d % 8 < 4 ? levels % 16 : levels / 16);
    }
    b.sums[j] = sum;
  }
}

// Lanes and sums of sixteen, as the other tiers have them.
BitRanges bit_ranges(const float* query, std::size_t dims, float* low) {
  Simd::Reg total = Simd::zero();
  float widest = 0;
  for (std::size_t d = 0; d < dims; ++d) {
    const float* x = query + d / 4 * 4;
    low[d] = (std::min(x[0], 0.0F) + std::min(x[1], 0.0F)) +
             (std::min(x[2], 0.0F) + std::min(x[3], 0.0F));
    total.lane[d % 16] += low[d];
    const float sizes = (std::abs(x[0]) + std::abs(x[1])) + (std::abs(x[2]) + std::abs(x[3]));
    widest = std::max(widest, sizes);
  }
  return {0.25F * Simd::sum(total), widest};
}

void bit_table(const BitTableBlock& t) {
  for (std::size_t d = 0; d < t.dims; d += 4) {
    for (std::size_t code = 0; code < 16; ++code) {
      float parts[4];
      for (std::size_t b = 0; b < 4; ++b) {
        parts[b] = (code >> b) % 2 == 1 ? t.query[d + b] : 0.0F;
      }
      const float sum = (parts[0] + parts[1]) + (parts[2] + parts[3]);
      const float level = std::clamp((sum - t.low[d]) * t.inverse, 0.0F, float{kMostBitEntry});
      t.table[4 * d + code] = static_cast<std::uint8_t>(std::nearbyint(level));
    }
  }
}

void bit_sums(const std::uint8_t* block, const std::uint8_t* table, std::size_t groups,
              std::uint32_t* sums) {
  std::fill_n(sums, kBitBlockRows, 0U);
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t j = 0; j < 16; ++j) {
      const std::uint8_t codes = block[16 * g + j];
      sums[j] += table[16 * g + codes % 16];
      sums[j + 16] += table[16 * g + codes / 16];
    }
  }
}

std::uint32_t score_sums(const std::int32_t* sums, const BitScoring& scoring, float* scores) {
  std::uint32_t above = 0;
  for (std::size_t j = 0; j < kBitBlockRows; ++j) {
    const float product = std::fma(scoring.step, static_cast<float>(sums[j]), scoring.start);
    scores[j] = std::fma(scoring.factors[j], product, scoring.offsets[j]);
    if (scores[j] > scoring.threshold) above |= std::uint32_t{1} << j;
  }
  return above;
}

}  // namespace

const CodeTable kScalarCodes = {.widen_halves = widen_halves,
                                .half_dots = half_dots,
                                .hadamard = hadamard,
                                .mix_halves = mix_halves,
                                .byte_dots = byte_dots,
                                .nibble_sums = nibble_sums,
                                .bit_ranges = bit_ranges,
                                .bit_table = bit_table,
                                .bit_sums = bit_sums,
                                .score_sums = score_sums};

}  // namespace sememe::kernels
