// A record of how the vectors of a few words change while they are trained: their neighbours and
// their places on a map, at some tens of moments (docs/formats/training-trace.md).
#ifndef SEMEME_TRAIN_TRACE_H_
#define SEMEME_TRAIN_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "sememe/types.h"
#include "train/word2vec.h"
#include "train/word_counts.h"

namespace sememe::train {

struct TraceOptions {
  std::vector<std::string> words;  ///< the chosen ones, 1 to 100
  std::size_t steps = 40;          ///< after the one before training, 1 to 1000
  /// Neighbours are looked for among so many of the most frequent words; 0: among all.
  std::size_t vocabulary_limit = 20000;
  std::string model;  ///< how it is called in the file
  std::size_t dim = 100;
  std::size_t epochs = 5;
  std::uint64_t words_an_epoch = 0;
};

/// Memory: 2 dim bytes for each candidate and step (a map is drawn in the end, of words that are
/// not known before), 160 MB of 20,000 words of 100 dimensions and 40 steps. Cost of a step: a copy
/// of the candidates, and a product with each for every chosen word.
class TrainingTrace {
 public:
  /// The vocabulary is borrowed. Throws Error(kNotFound) for a chosen word that is not in it, and
  /// kInvalidArgument for options out of range.
  TrainingTrace(const WordVocabulary& vocabulary, TraceOptions options);

  /// Words of training after which the next step should be recorded: 0, then the thousandth part of
  /// all, and from there on growing geometrically up to all of them.
  std::uint64_t next_step() const;

  /// Writes the vector [dim] of a word where it is told.
  using VectorOf = std::function<void(std::size_t word, std::span<float> vector)>;
  /// One step more. The same numbers on every processor.
  void record(const TrainingProgress& progress, const VectorOf& vector_of);

  /// Replaces the file in one step. Positions are those on the two principal axes of the last
  /// vectors of the chosen words and their last neighbours. Needs a step.
  void write(const Path& path) const;

 private:
  struct Neighbor {
    std::size_t candidate;
    float cosine;
  };
  struct Chosen {
    double norm;
    std::vector<Neighbor> neighbors;
  };
  struct Step {
    TrainingProgress progress;
    double mean_cosine = 0;
    std::vector<Chosen> chosen;
    std::vector<std::uint16_t> vectors;  // [candidates, dim], halves
  };
  Chosen look_around(const Matrix& vectors, std::span<const double> norms,
                     std::size_t candidate) const;
  std::vector<std::size_t> points() const;
  Matrix vectors_of(const Step& step, std::span<const std::size_t> candidates) const;
  std::string head(std::span<const std::size_t> points, double explained_variance) const;
  std::string line(const Step& step, const Matrix& positions) const;

  const WordVocabulary& vocabulary_;
  TraceOptions options_;
  std::vector<std::size_t> candidates_;  // ids of words
  std::vector<std::size_t> chosen_;      // candidates
  std::vector<Step> steps_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TRACE_H_
