// Rows that add up to what the teacher makes of whole texts.
//
// A token alone is a poor witness of what it does in a text. So every token is put into a few short
// random sequences, the teacher says what each of these is, and the rows are moved so that the mean
// of a sequence's rows comes near the teacher's vector: least squares, with the rows that were
// measured alone as the starting point from which moving costs (ridge regression, solved by
// conjugate gradients). Random sequences need no corpus and no language, show every token equally
// often, and keep tokens that go together in texts apart.
#ifndef SEMEME_TRAIN_CONTEXTS_H_
#define SEMEME_TRAIN_CONTEXTS_H_

#include <cstddef>
#include <cstdint>

#include "base/thread_pool.h"
#include "sememe/types.h"
#include "train/teacher.h"

namespace sememe::train {

/// `rounds` times all of [0, vocabulary) in random order, cut into sequences of `length`. The same
/// seed gives the same sequences.
Sequences random_contexts(std::size_t vocabulary, std::size_t rounds, std::size_t length,
                          std::uint64_t seed);

/// Takes the mean of the rows off each.
void subtract_mean(Matrix& rows);

/// Moves rows [V, H] so that the mean of the rows of each of the N contexts comes near its target
/// [N, H], up to a common scale and offset of the targets. The result is the same for any number
/// of threads.
void fit_rows(const Sequences& contexts, Matrix targets, Matrix& rows, ThreadPool& pool);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_CONTEXTS_H_
