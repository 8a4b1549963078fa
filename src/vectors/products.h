// Products of every row of one matrix with every row of another.
#ifndef SEMEME_VECTORS_PRODUCTS_H_
#define SEMEME_VECTORS_PRODUCTS_H_

#include "sememe/types.h"

namespace sememe::vectors {

/// [A, B] = a b^T of a [A, dim] and b [B, dim], at the rate of the model's matrix products.
Matrix products(MatrixView a, MatrixView b);

/// Rows at length one; rows of zeros stay.
Matrix unit_rows(MatrixView rows);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_PRODUCTS_H_
