#include "cli/nearest_rows.h"

#include "base/error_context.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "index/flat_index.h"
#include "index/kept_index.h"

namespace sememe::cli {
namespace {

index::GraphIndex kept_index(MatrixView rows, vectors::Metric metric, const NearestOptions& options,
                             ThreadPool& pool) {
  const Path path = concat(options.vectors, ".", vectors::metric_name(metric), ".graph");
  index::KeptIndex kept = [&] {
    Progress progress(parse_progress_mode(options.progress));
    index::GraphOptions graph;
    graph.metric = metric;
    graph.build.progress = [&](std::string_view step, double part) {
      progress.update(step, static_cast<std::size_t>(100 * part), 100);
    };
    return index::open_or_build(path, rows, graph, pool);
  }();
  if (!kept.notice.empty()) warn(kept.notice);
  if (kept.built) {
    say(concat("built an index of ", with_separators(rows.rows),
               " vectors: ", quote(path.native())));
  }
  return std::move(kept.index);
}

}  // namespace

void add_nearest_options(CLI::App* command, const std::string& vectors_help,
                         NearestOptions& options) {
  command->add_option("--vectors", options.vectors, vectors_help)
      ->envname("SEMEME_VECTORS")
      ->required();
  command
      ->add_option("--recall", options.recall,
                   "Share of the nearest that is to be found: 1 compares all vectors, less uses an "
                   "index that is built at the first use and kept beside the file")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  command
      ->add_option("--threads", options.threads,
                   "Threads for building an index; 0: as many as this process may use")
      ->capture_default_str();
  command->add_option("--progress", options.progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

NearestRows::NearestRows(MatrixView rows, vectors::Metric metric, const NearestOptions& options)
    : rows_(rows), metric_(metric), recall_(options.recall), pool_(options.threads) {
  if (recall_ < 1) searcher_.emplace(index_.emplace(kept_index(rows, metric, options, pool_)));
}

std::vector<index::Neighbor> NearestRows::search(std::span<const float> query, std::size_t k) {
  if (!searcher_) return index::FlatIndex(rows_, metric_).search(query, k);
  return searcher_->search(query, {.k = k, .effort = index_->recall().effort_for(recall_, k)});
}

std::vector<std::vector<index::Neighbor>> NearestRows::search_all(MatrixView queries,
                                                                  std::size_t k) {
  if (!searcher_) return index::FlatIndex(rows_, metric_).search_batch(queries, k, &pool_);
  std::vector<std::vector<index::Neighbor>> found(queries.rows);
  for (std::size_t q = 0; q < queries.rows; ++q) found[q] = search(queries.row(q), k);
  return found;
}

}  // namespace sememe::cli
