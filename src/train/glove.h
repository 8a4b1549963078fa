// GloVe (Pennington, Socher and Manning 2014): word vectors whose products meet the logarithms of
// how often words stand near each other, by AdaGrad over the pairs of a cooccurrence matrix. The
// loss and its steps are in kernels/glove.h.
//
// An epoch is a sweep over each part of the words; a sweep goes through its blocks, in the same
// order of columns as all others. A thread does a sweep, and enters a block when the sweep before
// it has left that column: no two threads are ever at the same words or contexts, and each sees its
// blocks in the order that one thread would. So a seed gives the same bytes with any number of
// threads, on every processor, without a lock inside a block.
#ifndef SEMEME_TRAIN_GLOVE_H_
#define SEMEME_TRAIN_GLOVE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "kernels/aligned.h"
#include "train/cooccurrences.h"
#include "train/glove_blocks.h"
#include "train/vector_table.h"

namespace sememe::train {

struct GloveOptions {
  std::size_t dim = 100;  ///< 1 to 4096
  /// Pairs counted less often weigh (x / x_max)^power, the others 1.
  double x_max = 10;
  double power = 0.75;
  float rate = 0.05F;  ///< of every parameter at first
  std::size_t epochs = 15;
  std::size_t threads = 1;
  std::uint64_t seed = 1;
};

struct GloveProgress {
  std::uint64_t pairs = 0;        ///< all epochs, so far
  std::uint64_t total_pairs = 0;  ///< in all
  double loss = 0;                ///< mean of a pair of this epoch so far
};

class Glove {
 public:
  /// Throws Error(kInvalidArgument) for options out of range or a matrix without pairs.
  Glove(Cooccurrences matrix, const GloveOptions& options);

  /// All epochs. progress: called some hundred times an epoch, by one thread at a time; when it
  /// returns false training stops after the blocks at hand, and the vectors are what they are then.
  /// Returns whether training went to its end. Throws Error(kInvalidArgument) where the loss grows
  /// without bound, and names the epoch.
  bool train(const std::function<bool(const GloveProgress&)>& progress = {});

  /// The sum of a word's vector and its vector as a context, by id.
  VectorTable vectors() const;
  /// Mean loss of a pair in the last whole epoch; 0: none yet.
  double loss() const { return loss_; }
  std::uint64_t pairs() const { return blocks_.size(); }

 private:
  class Epoch;

  std::size_t row_size() const { return 2 * stride_; }
  double train_block(std::size_t row_part, std::size_t column_part);

  GloveOptions options_;
  std::size_t stride_;  // parameters of a row: dim, two biases, zeros
  GloveBlocks blocks_;
  kernels::AlignedFloats words_;     // [V, 2 stride]
  kernels::AlignedFloats contexts_;  // [V, 2 stride]
  std::size_t rows_;
  double loss_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_GLOVE_H_
