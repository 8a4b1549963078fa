#include "search/sealing.h"

#include <algorithm>

#include "base/error_context.h"
#include "base/section_file.h"
#include "base/thread_pool.h"
#include "index/graph_file.h"
#include "index/graph_index.h"
#include "index/recall_curve.h"

namespace sememe::sealing {
namespace {

// Leaves the building of a graph.
struct Stopped {};

void tell(const SealOptions& options, std::string_view step, double part) {
  if (options.progress && !options.progress(step, part)) throw Stopped();
}

void seal(store::Store& store, vectors::Metric metric, std::size_t threads,
          const SealOptions& options) {
  const store::LiveVectors live = store.live_vectors();
  ThreadPool pool(threads);
  index::GraphOptions graph_options;
  graph_options.metric = metric;
  graph_options.build.progress = [&](std::string_view step, double part) {
    tell(options, step, part);
  };
  const index::GraphIndex graph = index::GraphIndex::build(live.vectors, graph_options, pool);
  store.seal(live.vectors.rows, [&](const store::Segment& segment) {
    tell(options, "writing", 1);
    graph.save(segment.path, segment.key);
  });
}

std::vector<SampledRecall> samples_of(const index::RecallCurves& recall) {
  std::vector<SampledRecall> samples;
  for (std::size_t s = 0; s < recall.curves.size(); ++s) {
    for (const index::RecallAtEffort& at : recall.curves[s]) {
      samples.push_back({index::kSampledResults[s], at.visits, double{at.recall}});
    }
  }
  return samples;
}

}  // namespace

bool outgrown(std::size_t rows, std::size_t sealed) {
  return rows > std::max(kMinRows, sealed / 4);
}

SealReport seal_if_worthwhile(store::Store& store, vectors::Metric metric, std::size_t threads,
                              const SealOptions& options) {
  SealReport report;
  const store::Counts counts = store.counts();
  const std::size_t rows = counts.vectors_used + counts.vectors_unused;
  const std::size_t sealed = counts.sealed_rows;
  const bool enough = counts.vectors_used >= options.min_vectors;
  if (options.min_vectors == 0 || (sealed == 0 && !enough)) return report;
  report.notice = inspect(store).fault;
  // Also before a first seal: else the next call would have to compact and seal again.
  const bool stale = outgrown(counts.vectors_unused, sealed > 0 ? sealed : rows);
  if (sealed > 0 && !stale && !outgrown(rows - sealed, sealed) && report.notice.empty()) {
    return report;
  }
  if (stale) store.compact();
  if (stale && !enough) return report;
  try {
    seal(store, metric, threads, options);
    report.sealed = store.counts().sealed_rows;
  } catch (const Stopped&) {
    report.stopped = true;
  }
  return report;
}

SegmentInfo inspect(const store::Store& store) {
  while (true) {
    const std::uint64_t commit = store.commit();
    const store::Counts counts = store.counts();
    SegmentInfo info;
    info.vectors = counts.sealed_rows;
    info.bytes = counts.segment_bytes;
    const std::optional<store::Segment> segment = store.segment();
    try {
      if (segment) {
        const SectionFile file =
            SectionFile::open(index::kGraphFormat, segment->path, segment->key);
        const index::GraphParts parts = index::parse_graph(file.sections());
        index::check_nodes(parts);
        info.recall = samples_of(parts.recall);
      }
      return info;
    } catch (const Error& error) {
      // A writer that seals or compacts removes the file of the commit before.
      if (store.commit() != commit) continue;
      info.fault = concat(error.what(), "; \"sememe index\" makes it again");
      return info;
    }
  }
}

}  // namespace sememe::sealing
