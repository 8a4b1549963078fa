// Rows for tests of indexes: clusters in a space whose directions matter less and less, as those of
// text embeddings do.
#ifndef SEMEME_INDEX_INDEX_TESTING_H_
#define SEMEME_INDEX_INDEX_TESTING_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"
#include "index/flat_index.h"
#include "index/graph_index.h"
#include "index/neighbor.h"
#include "sememe/types.h"
#include "vectors/metric.h"
#include "vectors/products.h"

namespace sememe::index {

/// Sum of four uniform numbers less 2: near enough to normal, and the same everywhere.
inline float bell(Random& random) {
  float sum = -2;
  for (int i = 0; i < 4; ++i) sum += random.uniform();
  return sum;
}

/// Vectors around sqrt(rows) centres, which depend on dims alone; rows of a seed.
inline Matrix clustered_rows(std::size_t rows, std::size_t dims, std::uint64_t seed) {
  constexpr std::size_t kCentres = 40;
  Matrix centres(kCentres, dims);
  Random random(7);
  for (std::size_t i = 0; i < centres.values.size(); ++i) {
    centres.values[i] = bell(random) / std::sqrt(1.0F + static_cast<float>(i % dims));
  }
  Matrix out(rows, dims);
  Random draws(seed, 1);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> centre =
        centres.row(draws.below(static_cast<std::uint32_t>(kCentres)));
    for (std::size_t d = 0; d < dims; ++d) {
      out.row(r)[d] = centre[d] + bell(draws) / std::sqrt(1.0F + static_cast<float>(d));
    }
  }
  return out;
}

inline Matrix unit_clustered_rows(std::size_t rows, std::size_t dims, std::uint64_t seed) {
  return vectors::unit_rows(clustered_rows(rows, dims, seed).view());
}

/// A graph index of them, partitioned as larger ones are.
inline GraphIndex build_graph_index(const Matrix& rows,
                                    vectors::Metric metric = vectors::Metric::kCosine,
                                    std::size_t threads = 2, Layout layout = Layout::kFast) {
  ThreadPool pool(threads);
  GraphOptions options;
  options.metric = metric;
  options.layout = layout;
  options.build.partition.group_size = 200;
  return GraphIndex::build(rows.view(), options, pool);
}

/// The share of the exact k nearest rows of each query that search(query) gives.
template <class Search>
double recall_of(MatrixView rows, vectors::Metric metric, MatrixView queries, std::size_t k,
                 const Search& search) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const std::vector<Neighbor> given = search(queries.row(q));
    for (const Neighbor& exact : FlatIndex(rows, metric).search(queries.row(q), k)) {
      ++wanted;
      for (const Neighbor& neighbor : given) found += neighbor.row == exact.row ? 1 : 0;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(wanted);
}

}  // namespace sememe::index

#endif  // SEMEME_INDEX_INDEX_TESTING_H_
