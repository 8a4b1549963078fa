// The pairs of a cooccurrence matrix in the order that GloVe learns from them.
//
// Words are cut into parts, and the matrix so into blocks: the words of one part as rows, of
// another as columns, whose parameters stay in the caches while the block is learned (as the strata
// of Gemulla et al. 2011, "Large-scale matrix factorization with distributed stochastic gradient
// descent"). Inside a block up to sixteen pairs of a row, taken from all over it, make a group;
// groups are shuffled.
#ifndef SEMEME_TRAIN_GLOVE_BLOCKS_H_
#define SEMEME_TRAIN_GLOVE_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/cooccurrences.h"

namespace sememe::train {

class GloveBlocks {
 public:
  /// Rearranges the matrix where it lies. most_rows: of a part, 1 to 65536. The order within blocks
  /// comes from the seed, whatever the threads.
  GloveBlocks(Cooccurrences matrix, std::size_t most_rows, std::uint64_t seed, std::size_t threads);

  /// A part has at most a 64th of all pairs, or one word.
  std::size_t parts() const { return part_starts_.size() - 1; }
  std::size_t first_word(std::size_t part) const { return part_starts_[part]; }
  std::uint64_t size() const { return matrix_.size(); }

  /// kernels::glove_pair of words counted from the first of their parts.
  std::span<const std::uint32_t> pairs(std::size_t row_part, std::size_t column_part) const {
    const Place place = place_of(row_part, column_part);
    return matrix_.columns().subspan(place.begin, place.count);
  }
  /// Logarithms of their counts.
  std::span<const float> logs(std::size_t row_part, std::size_t column_part) const {
    const Place place = place_of(row_part, column_part);
    return matrix_.counts().subspan(place.begin, place.count);
  }

 private:
  struct Place {
    std::uint64_t begin;
    std::uint64_t count;
  };
  Place place_of(std::size_t row_part, std::size_t column_part) const {
    const std::size_t block = row_part * parts() + column_part;
    return {block_starts_[block], block_starts_[block + 1] - block_starts_[block]};
  }
  void arrange(std::size_t row_part, std::uint64_t seed);

  Cooccurrences matrix_;
  std::vector<std::size_t> part_starts_;     // words
  std::vector<std::uint64_t> block_starts_;  // pairs, by row part, then column part
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_GLOVE_BLOCKS_H_
