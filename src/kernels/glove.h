// Steps of GloVe (Pennington, Socher and Manning 2014): word and context vectors whose products
// meet the logarithms of how often the two stand near each other.
//
// The loss of a word w and a context c that were counted x times is (eq. 8)
//
//   L = 1/2 f(x) (w . c + b_w + b_c - log x)^2        f(x) = min(1, (x / x_max)^power)
//
// Biases are parameters like the others: a word's row ends in (b_w, 1), a context's in (1, b_c), so
// one product holds the whole sum. Steps are AdaGrad's (Duchi, Hazan and Singer 2011): every
// parameter has a rate h = 1 / sqrt(1 + sum of its squared steps before they were scaled), and
// moves by g h, g the learning rate times its slope. Since the next h is h / sqrt(1 + (g h)^2),
// rates are kept instead of the sums, and a context's next rate is h (1 - (g h)^2 / 2): neither
// root nor quotient. Steps g h are a few hundredths; h never falls by more than half at once.
//
// Pairs of one word that follow each other take their slopes from the same values of the word, up
// to sixteen of them, and move it once, by the rate that includes this step.
//
// A row is [2 dim] f32, 64-byte aligned: dim parameters, a multiple of 16, then their rates. What
// has rate 0 stays as it is: the ones beside biases, the zeros behind the end. Every tier gives the
// same bits: sums run in sixteen lanes in one order.
#ifndef SEMEME_KERNELS_GLOVE_H_
#define SEMEME_KERNELS_GLOVE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Pairs of one word that make one step, at most.
inline constexpr std::size_t kGloveGroup = 16;

struct GloveBlock {
  float* words;     ///< [up to 65536, 2 dim]
  float* contexts;  ///< [up to 65536, 2 dim], other rows than `words`
  /// [N]: number of the word x 65536 + number of the context. No pair may be there twice in a row
  /// of kGloveGroup.
  std::span<const std::uint32_t> pairs;
  std::span<const float> logs;  ///< [N] of x
  float log_x_max;
  float power;
  float rate;
  std::size_t dim;
};

/// Number that GloveBlock::pairs has for a pair.
constexpr std::uint32_t glove_pair(std::size_t word, std::size_t context) {
  return static_cast<std::uint32_t>(word << 16 | context);
}

/// Makes the steps of all pairs in their order; returns the sum of their losses, each before its
/// step.
double glove_steps(const GloveBlock& block, Isa isa = active_isa());

/// The loss of all pairs as they are, for tests: plain double arithmetic.
double glove_loss(const GloveBlock& block);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_GLOVE_H_
