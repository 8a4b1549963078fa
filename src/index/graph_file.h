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
#include "sememe/types.h"
#include "vectors/metric.h"

namespace sememe::index {

inline constexpr SectionFormat kGraphFormat = {
    .letters = "SEMEMEGR", .version = 5, .what = "graph index", .synced = Synced::kYes};

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

/// XXH3 of a node's block, and of a row that it stands for.
struct NodeChecksums {
  std::uint64_t block = 0;
  std::uint64_t row = 0;
};

/// Parts of a graph, where they lie.
struct GraphParts {
  GraphParameters parameters;
  std::span<const std::byte> blocks;
  std::span<const std::uint32_t> copies;  ///< equal_rows.h
  RecallCurves recall;
  RowCodesView codes;
  std::span<const NodeChecksums> checksums;  ///< of a file, else none
};

/// The sections of a file that are checked part by part (graph_checks.h), and the codes, which few
/// searches read.
inline constexpr std::size_t kBlocksSection = 1;
inline constexpr std::size_t kCodesSection = 5;
inline constexpr std::size_t kChecksumsSection = 6;

/// What NodeChecksums hold.
std::uint64_t checksum_of_block(const GraphView& graph, Node p);
std::uint64_t checksum_of_row(MatrixView rows, std::size_t row);

/// The graph that the parts are.
GraphView graph_of(const GraphParts& parts);

/// The parts in the sections of a file. Every number that is used as a place is checked, but for
/// those in blocks. Throws Error(kCorrupt) that names the section.
GraphParts parse_graph(std::span<const Section> sections);
/// Checks the numbers in the block of a node that are used as places: an edge is a node, a row is
/// one of the rows. Throws Error(kCorrupt) that names the node.
void check_node(const GraphParts& parts, Node p);
/// The same for all nodes. Cost: a read of all edges.
void check_nodes(const GraphParts& parts);

/// Writes the file, synced, in place of what was there. key: what the index belongs to.
void write_graph(const Path& path, std::string_view key, const GraphParts& parts, MatrixView rows);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_FILE_H_
