// Training that is written down: to go on after a kill, or with more text
// (docs/formats/checkpoint.md).
#ifndef SEMEME_TRAIN_CHECKPOINT_H_
#define SEMEME_TRAIN_CHECKPOINT_H_

#include "base/file.h"
#include "train/word2vec_state.h"
#include "train/word_counts.h"

namespace sememe::train {

/// Replaces the file in one step: position, words, counts, inputs and outputs.
void write_checkpoint(const Path& path, const Word2VecState& state);

/// Brings a state that was just made to where the checkpoint stands. Throws
/// Error(kInvalidArgument) where that is of other options or another corpus, Error(kCorrupt) for a
/// damaged file.
void resume_checkpoint(const Path& path, Word2VecState& state);

/// The words of a checkpoint and how often they came, for a corpus that is to go on from it.
WordVocabulary read_checkpoint_vocabulary(const Path& path);

/// Gives the words that the checkpoint knows their vectors, and n-grams theirs; the others stay as
/// they are. Throws Error(kInvalidArgument) where dimensions or n-grams differ, and for a tree of
/// words, whose nodes are others with other counts.
void adopt_vectors(const Path& path, Word2VecState& state);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_CHECKPOINT_H_
