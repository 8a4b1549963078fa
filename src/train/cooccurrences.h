// How often words stand near each other: the matrix that GloVe and PPMI learn from.
//
// Row by row. The places of a word in the corpus are known, so its row is summed into one array by
// going from place to place: no hash table, no sorting of events, nothing that grows with the
// number of events. GloVe's own program sorts and merges 16 bytes for each event outside its dense
// triangle (Pennington, Socher and Manning 2014).
//
// Distance weights are rounded to multiples of 2^-24 and summed in f64, which is exact up to a sum
// of 2^29: counts do not depend on the order of events, and a symmetric matrix is so bit for bit.
#ifndef SEMEME_TRAIN_COOCCURRENCES_H_
#define SEMEME_TRAIN_COOCCURRENCES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "train/word_corpus.h"

namespace sememe::train {

/// What a word at distance d adds, in a window of w words.
enum class DistanceWeight {
  kHarmonic,  ///< 1 / d (GloVe)
  kLinear,    ///< (w - d + 1) / w: what word2vec's windows of 1 to w words give on average
  kFlat,      ///< 1
};

enum class WindowSides { kBoth, kLeft };

struct CooccurrenceOptions {
  std::size_t window = 10;  ///< words on a side, 1 to 1000; a sentence's end ends it too
  WindowSides sides = WindowSides::kBoth;
  DistanceWeight weight = DistanceWeight::kHarmonic;
  std::size_t threads = 1;
  /// For the places of words, 8 bytes each: where they do not fit, the corpus is gone through
  /// several times. The matrix itself, 8 bytes a pair, lies in unnamed files.
  std::size_t max_bytes = std::size_t{1} << 30;
  Path temporary_directory;  ///< of those files; empty: the system's place for them
};

/// A sparse matrix [V, V], V words: row i holds the words that came near word i. Pairs are sorted
/// by row, then column.
class Cooccurrences {
 public:
  /// No words.
  Cooccurrences() = default;

  /// progress: words of the corpus counted, of all there are.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
  /// Throws Error(kInvalidArgument) for options out of range, kIo where the files cannot be
  /// written.
  static Cooccurrences count(const WordCorpus& corpus, const CooccurrenceOptions& options,
                             const Progress& progress = {});

  std::size_t rows() const { return row_starts_.size() - 1; }
  /// Pairs in all.
  std::uint64_t size() const { return row_starts_.back(); }
  /// [rows + 1]: row i is the pairs from row_starts()[i] up to row_starts()[i + 1].
  std::span<const std::uint64_t> row_starts() const { return row_starts_; }
  /// [size] words and their sums of weights, above zero. The owner may write into them.
  std::span<const std::uint32_t> columns() const { return columns_; }
  std::span<const float> counts() const { return counts_; }
  std::span<std::uint32_t> columns() { return columns_; }
  std::span<float> counts() { return counts_; }

 private:
  std::vector<std::uint64_t> row_starts_ = {0};
  std::optional<IdFile> column_file_;
  std::optional<IdFile> count_file_;
  std::span<std::uint32_t> columns_;
  std::span<float> counts_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_COOCCURRENCES_H_
