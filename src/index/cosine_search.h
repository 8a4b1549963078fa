// Nearest rows by cosine, for rows of any length.
#ifndef SEMEME_INDEX_COSINE_SEARCH_H_
#define SEMEME_INDEX_COSINE_SEARCH_H_

#include <cstddef>
#include <span>
#include <vector>

#include "index/flat_index.h"

namespace sememe::index {

/// The k rows of highest cosine to query [cols], best first, equal ones in their order; fewer when
/// there are fewer. Rows in `excluded` are none; rows of zeros have cosine 0. Cost: a copy of the
/// rows at unit length, and one scan of it.
std::vector<Neighbor> nearest_by_cosine(MatrixView rows, std::span<const float> query,
                                        std::size_t k, std::span<const std::size_t> excluded = {});

}  // namespace sememe::index

#endif  // SEMEME_INDEX_COSINE_SEARCH_H_
