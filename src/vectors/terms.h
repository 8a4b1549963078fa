// Sums of words: "king - man + woman" as a vector.
#ifndef SEMEME_VECTORS_TERMS_H_
#define SEMEME_VECTORS_TERMS_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "vectors/word_vectors.h"

namespace sememe::vectors {

/// One word of "king - man + woman".
struct Term {
  std::string word;
  float sign = 1;
};

/// Words with + and - between them, each a field of its own or in front of its word ("king", "-",
/// "man", "+woman"); no sign means +. Throws Error(kInvalidArgument) for a sign without a word.
std::vector<Term> parse_terms(std::span<const std::string> fields);

/// The sum of the terms' unit vectors [dim] (3CosAdd of Levy and Goldberg 2014 when it is searched
/// for), and where those lie that have a row. Throws Error(kNotFound) for a word that is not there
/// and has no n-grams.
struct TermSum {
  std::vector<float> vector;
  std::vector<std::size_t> rows;
};
TermSum sum_terms(const WordVectors& vectors, std::span<const Term> terms);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_TERMS_H_
