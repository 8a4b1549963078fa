// Steps of stochastic gradient descent on pairs of word vectors: what skip-gram, CBOW and subword
// training do billions of times.
//
// The loss of an input vector x and outputs o_j with labels y_j (1 for the word that was there, 0
// for one drawn at random) is
//
//   L = -sum_j log sigmoid(o_j . x)       where y_j = 1
//       -sum_j log sigmoid(-o_j . x)      where y_j = 0
//
// (Mikolov et al. 2013, "Distributed representations of words and phrases", eq. 4); its gradient
// with respect to o_j . x is sigmoid(o_j . x) - y_j. A step moves x and every o_j against it, all
// from the values before the step.
//
// Rows are [dim] f32, 64-byte aligned, dim a multiple of 16 with zeros behind the true end (which
// they stay). They are updated in place without locks: threads may run steps on the same rows, and
// then lose some updates, as Hogwild does (Niu et al. 2011). Every tier gives the same bits: sums
// run in sixteen lanes in one order.
#ifndef SEMEME_KERNELS_WORD2VEC_H_
#define SEMEME_KERNELS_WORD2VEC_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"

namespace sememe::kernels {

/// Outputs of one step; a longer list is taken in parts, each from the values that the one before
/// left.
inline constexpr std::size_t kStepOutputs = 8;

inline constexpr std::size_t kMaxSlices = 8;

/// Inputs of one step of skip_gram_step.
inline constexpr std::size_t kStepInputs = 64;

/// Inputs [C] that share outputs [J] with labels [J] (skip-gram: the words of a window, the word in
/// its centre and some drawn at random). C <= kStepInputs. No row may be there twice, among inputs
/// or among outputs.
struct SkipGramStep {
  std::span<float* const> inputs;
  std::span<float* const> outputs;
  std::span<const float> labels;
  float rate;
  std::size_t dim;
};
void skip_gram_step(const SkipGramStep& step, Isa isa = active_isa());

/// A step in two halves, for training that finds the products of a batch from rows that nobody
/// moves, and then moves them. A thread can have some columns of all rows to itself, a slice: it
/// calls both for rows of those columns. products [C J + 16]: of the slice, in an order that the
/// second half knows.
void skip_gram_products(const SkipGramStep& step, std::span<float> products,
                        Isa isa = active_isa());
/// slices: the products of all slices (at most kMaxSlices), in the order they are added up in.
void skip_gram_move(const SkipGramStep& step, std::span<const float* const> slices,
                    Isa isa = active_isa());

/// One input that is the mean of rows [R]: of the words of a window (CBOW), or of a word and its
/// n-grams (fastText). Every row moves by the whole gradient of the mean, as in those programs, or
/// by 1/R of it: `averaged`. Rows may repeat. Outputs are taken in parts that end at `parts` [P],
/// ascending, each from the values that the one before left; the input is computed once and follows
/// them.
struct MeanStep {
  std::span<float* const> rows;
  std::span<float* const> outputs;
  std::span<const float> labels;
  std::span<const std::size_t> parts;  ///< empty: one part
  float rate;
  std::size_t dim;
  bool averaged = false;
};
/// scratch: 2 dim floats, 64-byte aligned.
void mean_step(const MeanStep& step, std::span<float> scratch, Isa isa = active_isa());

/// The halves of it, as above; products [J + 16]. All products are of the input as it is at first;
/// it follows the outputs while it moves.
void mean_products(const MeanStep& step, std::span<float> products, std::span<float> scratch,
                   Isa isa = active_isa());
void mean_move(const MeanStep& step, std::span<const float* const> slices, std::span<float> scratch,
               Isa isa = active_isa());

/// The loss of such steps before they are done, for reports and tests: plain double arithmetic.
double skip_gram_loss(const SkipGramStep& step);
double mean_loss(const MeanStep& step);
/// The loss of a step of `inputs` (1: of a mean) from the products of its slices.
double products_loss(std::size_t inputs, std::span<const float> labels,
                     std::span<const float* const> slices);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_WORD2VEC_H_
