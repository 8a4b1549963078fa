// Vectors of texts from those of their words, and how well they tell similar sentences.
#ifndef SEMEME_EVAL_WORD_POOLING_H_
#define SEMEME_EVAL_WORD_POOLING_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "base/file.h"
#include "eval/datasets.h"
#include "sememe/types.h"
#include "vectors/word_vectors.h"

namespace sememe::eval {

enum class WordPooling {
  kMean,  ///< of the words' vectors
  /// Smooth inverse frequency (Arora, Liang and Ma 2017, "A simple but tough-to-beat baseline for
  /// sentence embeddings"): the mean with weights a / (a + p(w)), a = 1e-3, less the first
  /// principal component of all texts. Files of vectors have no counts: p(w) is that of Zipf's law,
  /// 1 / rank over the sum of them, for words listed by descending frequency.
  kSif,
};

struct PooledTexts {
  Matrix vectors;                 ///< [N, dim]; zeros for a text without a known word
  std::size_t words = 0;          ///< of all texts
  std::size_t unknown_words = 0;  ///< those without a vector, left out
};

/// Words are text/words.h's: runs of letters and digits, in lower case.
PooledTexts pool_words(const vectors::WordVectors& words, std::span<const std::string_view> texts,
                       WordPooling pooling);

struct WordStsReport {
  std::size_t pairs = 0;
  double spearman = 0;  ///< times 100
  double pearson = 0;   ///< times 100
  std::size_t words = 0;
  std::size_t unknown_words = 0;
};

/// Correlation of the cosine of two sentences (0 where one has no known word) with a human score;
/// file and columns as read_sts() takes them.
WordStsReport evaluate_word_sts(const vectors::WordVectors& words, const Path& file,
                                const StsColumns& columns, WordPooling pooling);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_WORD_POOLING_H_
