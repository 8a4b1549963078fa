// Analogies and word similarity: what a set of word vectors knows.
#ifndef SEMEME_EVAL_WORD_TESTS_H_
#define SEMEME_EVAL_WORD_TESTS_H_

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/file.h"
#include "vectors/word_vectors.h"

namespace sememe::eval {

/// a is to b as c is to d.
using Analogy = std::array<std::string, 4>;

struct AnalogySection {
  std::string name;
  std::vector<Analogy> questions;
};

struct WordPair {
  std::string first;
  std::string second;
  double score = 0;
};

using AnalogySet = std::vector<AnalogySection>;
using SimilaritySet = std::vector<WordPair>;

/// A set in one of the layouts that are in use. A first character ':' means analogies
/// (questions-words.txt): ": SECTION" lines, four words a line. Else similarity: the last field of
/// a line is the score, the two before it are the words (others are skipped over), fields are
/// parted by tabs, commas, semicolons or blanks; lines with '#' in front and a first line without a
/// score are no data. Throws Error(kCorrupt) with the line.
std::variant<AnalogySet, SimilaritySet> read_word_tests(const Path& file);

struct AnalogyScore {
  std::string name;             ///< of the section
  std::size_t total = 0;        ///< questions
  std::size_t covered = 0;      ///< whose four words are all known
  std::size_t correct_add = 0;  ///< by 3CosAdd: cos(x, b) - cos(x, a) + cos(x, c)
  std::size_t correct_mul = 0;  ///< by 3CosMul: cos(x, b) cos(x, c) / (cos(x, a) + 0.001), cosines
                                ///< moved to 0 .. 1 (Levy and Goldberg 2014)
};

struct SimilarityScore {
  std::size_t total = 0;
  std::size_t covered = 0;
  double spearman = 0;  ///< NaN below two covered pairs
};

/// Where words of tests are looked up: as they are, in lower case, and without a part of speech
/// ("sun-n").
std::optional<std::size_t> find_word(const vectors::WordVectors& vectors, const std::string& word);

/// The answer to a question is the nearest of the first `limit` words (0: all) that is none of a, b
/// and c; a question is covered when its words are among them. Cost: for each block of 4,096 words
/// a product with the words of all questions, then three look-ups for each word and question.
std::vector<AnalogyScore> test_analogies(const vectors::WordVectors& vectors, const AnalogySet& set,
                                         std::size_t limit);

SimilarityScore test_similarity(const vectors::WordVectors& vectors, const SimilaritySet& set,
                                std::size_t limit);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_WORD_TESTS_H_
