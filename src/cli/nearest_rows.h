// Nearest rows of a file of vectors, exactly or by an index kept beside it: what sememe neighbors
// and sememe analogy search with.
#ifndef SEMEME_CLI_NEAREST_ROWS_H_
#define SEMEME_CLI_NEAREST_ROWS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "index/graph_index.h"
#include "index/neighbor.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::cli {

struct NearestOptions {
  std::string vectors;  ///< the file
  double recall = 1;
  std::size_t threads = 0;
  std::string progress = "auto";
};

/// --vectors, --recall, --threads and --progress.
void add_nearest_options(CLI::App* command, const std::string& vectors_help,
                         NearestOptions& options);

class NearestRows {
 public:
  /// rows: of the file; of unit length for the cosine. With a recall below 1, an index is read from
  /// FILE.METRIC.graph, or built and kept there, with a line about it on stderr.
  NearestRows(MatrixView rows, vectors::Metric metric, const NearestOptions& options);

  /// The k most similar rows, best first.
  std::vector<index::Neighbor> search(std::span<const float> query, std::size_t k);
  /// The same for each row of queries.
  std::vector<std::vector<index::Neighbor>> search_all(MatrixView queries, std::size_t k);

 private:
  MatrixView rows_;
  vectors::Metric metric_;
  double recall_;
  ThreadPool pool_;
  std::optional<index::GraphIndex> index_;
  std::optional<index::GraphSearcher> searcher_;
};

}  // namespace sememe::cli

#endif  // SEMEME_CLI_NEAREST_ROWS_H_
