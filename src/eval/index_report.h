// How a vector index does on given vectors: its building, and per recall that is asked for the
// recall it has, its speed and its latency.
#ifndef SEMEME_EVAL_INDEX_REPORT_H_
#define SEMEME_EVAL_INDEX_REPORT_H_

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "index/graph_blocks.h"
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::eval {

struct IndexTest {
  vectors::Metric metric = vectors::Metric::kCosine;
  index::Layout layout = index::Layout::kFast;
  std::size_t k = 10;
  std::vector<double> targets = {0.9, 0.95, 0.99};  ///< above 0, up to 1
  std::vector<double> selectivities = {};           ///< above 0, below 1
  std::size_t threads = 1;                          ///< for building; 0: all
  std::size_t rounds = 3;                           ///< of all queries; the fastest counts
  std::function<void(std::string_view step, double part)> progress;
};

struct IndexTarget {
  double target = 0;
  std::size_t effort = 0;  ///< nodes visited for it on an average (Effort); 0: a scan, at recall 1
  double recall = 0;       ///< share of the exact k nearest that were found
  double qps_cpu = 0;      ///< queries a CPU-second of one thread
  double p50_us = 0;       ///< latency of single queries
  double p99_us = 0;
};

/// The same among some rows, drawn at random with a fixed seed.
struct FilteredTarget {
  double selectivity = 0;   ///< that was asked for
  std::size_t passing = 0;  ///< rows that were drawn
  IndexTarget at;
};

struct IndexReport {
  std::size_t rows = 0;
  std::size_t dims = 0;
  double build_cpu_s = 0;
  double build_wall_s = 0;
  double bytes_per_vector = 0;        ///< of the index, with the f32 rows that it refines by
  double index_bytes_per_vector = 0;  ///< without them: they may stay in a file
  std::vector<IndexTarget> targets;
  std::vector<FilteredTarget> filtered;  ///< per selectivity all targets
};

/// Builds a graph index of the rows and searches it for the queries one at a time, on this thread.
/// Under the cosine both are brought to length one first; the matrices are changed. Throws
/// Error(kInvalidArgument) for other columns in queries than in rows, without rows or queries, or
/// for numbers that are not finite.
IndexReport evaluate_index(Matrix& rows, Matrix& queries, const IndexTest& test);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_INDEX_REPORT_H_
