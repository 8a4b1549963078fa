// A graph index in a file: docs/formats/graph-index.md.
#ifndef SEMEME_INDEX_GRAPH_FILE_H_
#define SEMEME_INDEX_GRAPH_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/section_file.h"
#include "index/graph_blocks.h"
#include "index/graph_codes.h"
#include "index/recall_curve.h"
#include "vectors/metric.h"

namespace sememe::index {

inline constexpr SectionFormat kGraphFormat = {
    .letters = "SEMEMEGR", .version = 2, .what = "graph index", .synced = Synced::kYes};

/// One less than products of bytes allow (kernels/byte_dot.h): inner products take one more.
inline constexpr std::uint32_t kMostDims = 65535;

/// What a file says of a graph besides its memory.
struct GraphParameters {
  vectors::Metric metric = vectors::Metric::kCosine;
  std::uint32_t dims = 0;   ///< of the rows
  std::uint32_t rows = 0;   ///< that it was built of
  std::uint32_t nodes = 0;  ///< rows less those equal to another
  Node entry = 0;
  float longest = 0;  ///< of the rows, for inner products; else 0
  Layout layout = Layout::kFast;
};

/// Parts of a graph, where they lie.
struct GraphParts {
  GraphParameters parameters;
  std::span<const std::byte> blocks;
  std::span<const std::uint32_t> copies;  ///< equal_rows.h
  RecallCurves recall;
  NodeCodesView codes;
};

/// The graph that the parts are.
GraphView graph_of(const GraphParts& parts);

/// The parts in the sections of a file. Every number that is used as a place is checked: an edge is
/// a node, a row is one of the rows. Throws Error(kCorrupt) that names the section and the node.
/// Cost: a read of all edges.
GraphParts parse_graph(std::span<const Section> sections);

/// Writes the file, synced, in place of what was there. key: what the index belongs to.
void write_graph(const Path& path, std::string_view key, const GraphParts& parts);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_FILE_H_
