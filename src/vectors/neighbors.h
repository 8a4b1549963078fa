// The rows of a matrix that are nearest to a vector, by a scan.
#ifndef SEMEME_VECTORS_NEIGHBORS_H_
#define SEMEME_VECTORS_NEIGHBORS_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"
#include "vectors/word_vectors.h"

namespace sememe::vectors {

struct Neighbor {
  std::size_t row = 0;
  float cosine = 0;
};

/// The k rows of highest cosine to query [cols], best first, equal ones in their order; fewer when
/// there are fewer. Rows in `excluded` are none; rows of zeros have cosine 0. Cost: one read of the
/// matrix.
std::vector<Neighbor> nearest_rows(MatrixView rows, std::span<const float> query, std::size_t k,
                                   std::span<const std::size_t> excluded = {});

/// One word of "king - man + woman".
struct Term {
  std::string word;
  float sign = 1;
};

/// Words with + and - between them, each a field of its own or in front of its word ("king", "-",
/// "man", "+woman"); no sign means +. Throws Error(kInvalidArgument) for a sign without a word.
std::vector<Term> parse_terms(std::span<const std::string> fields);

/// The sum of the terms' unit vectors [dim] (3CosAdd of Levy and Goldberg 2014 when it is searched
/// for), and where they lie. Throws Error(kNotFound) for a word that is not there.
struct TermSum {
  std::vector<float> vector;
  std::vector<std::size_t> rows;
};
TermSum sum_terms(const WordVectors& vectors, std::span<const Term> terms);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_NEIGHBORS_H_
