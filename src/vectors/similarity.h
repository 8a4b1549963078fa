// Similarity of unit vectors, and the one scale on which sememe reports it.
#ifndef SEMEME_VECTORS_SIMILARITY_H_
#define SEMEME_VECTORS_SIMILARITY_H_

#include <span>

#include "sememe/types.h"

namespace sememe::vectors {

/// Cosine of the angle between two vectors of one length, -1 to 1; 0 when one of them is zero.
double cosine(std::span<const float> a, std::span<const float> b);

/// [R, R] cosines of every pair of rows. Symmetric; 1 on the diagonal of rows that are not zero.
Matrix cosine_matrix(MatrixView rows);

/// The score that search shows: a cosine cut to 0..1. Opposite meaning is as useless an answer as
/// none, so nothing is lost below 0, and a text compared with itself gives 1 although its rounded
/// cosine may be a little more.
float score_of_cosine(float cosine);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_SIMILARITY_H_
