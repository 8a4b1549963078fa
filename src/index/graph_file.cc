#include "index/graph_file.h"

#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "base/hash.h"
#include "index/equal_rows.h"
#include "kernels/target.h"
#include "vectors/rotation.h"

namespace sememe::index {
namespace {

constexpr std::size_t kSections = 7;
constexpr Node kAhead = 16;
constexpr std::size_t kParameterWords = 7;
constexpr std::uint32_t kMostNodes = std::uint32_t{1} << 31;

[[noreturn]] void corrupt(std::string_view where, std::string_view expected,
                          std::string_view found) {
  throw Error(ErrorCode::kCorrupt, concat(where, ": expected ", expected, ", found ", found));
}

// Sections begin at multiples of 64 in memory.
std::span<const std::uint32_t> words_of(Section section, std::string_view where) {
  if (section.size() % 4 != 0) {
    corrupt(where, "whole numbers of 4 bytes", concat(section.size(), " bytes"));
  }
  return {reinterpret_cast<const std::uint32_t*>(section.data()), section.size() / 4};
}

std::span<const float> floats_of(Section section, std::string_view where) {
  const auto words = words_of(section, where);
  return {reinterpret_cast<const float*>(words.data()), words.size()};
}

float float_of(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::uint32_t bits_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

GraphParameters parse_parameters(Section section) {
  const auto words = words_of(section, "parameters");
  if (words.size() != kParameterWords) {
    corrupt("parameters", concat(kParameterWords, " numbers"), concat("", words.size()));
  }
  if (words[0] > static_cast<std::uint32_t>(vectors::Metric::kL2)) {
    corrupt("parameters", "a metric of 0 to 2", concat("", words[0]));
  }
  if (words[6] > static_cast<std::uint32_t>(Layout::kCompact)) {
    corrupt("parameters", "a layout of 0 or 1", concat("", words[6]));
  }
  const GraphParameters out = {.metric = static_cast<vectors::Metric>(words[0]),
                               .dims = words[1],
                               .rows = words[2],
                               .nodes = words[3],
                               .entry = words[4],
                               .longest = float_of(words[5]),
                               .layout = static_cast<Layout>(words[6])};
  if (out.dims == 0 || out.dims > kMostDims) {
    corrupt("parameters", concat("1 to ", kMostDims, " dimensions"), concat("", out.dims));
  }
  if (out.nodes > out.rows || out.rows >= kMostNodes || (out.rows > 0 && out.nodes == 0)) {
    corrupt("parameters", concat("nodes of up to ", kMostNodes - 1, " rows"),
            concat(out.nodes, " nodes of ", out.rows, " rows"));
  }
  if (out.entry >= out.nodes && out.nodes > 0) {
    corrupt("parameters", concat("an entry below ", out.nodes), concat("", out.entry));
  }
  if (!(out.longest >= 0) || !std::isfinite(out.longest)) {
    corrupt("parameters", "the length of a row", concat("", out.longest));
  }
  return out;
}

// A count and so many ascending rows at each place that a node names.
void check_copies(std::span<const std::uint32_t> copies, std::uint32_t place, std::uint32_t rows,
                  std::string_view where) {
  if (place >= copies.size() || copies[place] > copies.size() - place - 1) {
    corrupt(where, concat("copies within ", copies.size(), " numbers"), concat("place ", place));
  }
  for (const std::uint32_t row : copies_at(copies, place)) {
    if (row >= rows) corrupt(where, concat("a copy below row ", rows), concat("", row));
  }
}

void check_node(const GraphParts& parts, const BlockView& block, const BlockLayout& layout,
                Node p) {
  const std::string where = concat("node ", p);
  for (std::size_t e = 0; e < kDegree; ++e) {
    const Node edge = block.edges()[e];
    if (edge == kNoNode) {
      // A walk goes where an estimate is below another: it must not be able to go there.
      if (layout.parts == Layout::kCompact || block.factors().addend[e] == kFarAddend) continue;
      corrupt(where, "an infinite addend where there is no edge", "another");
    }
    if (edge >= parts.parameters.nodes) {
      corrupt(where, concat("edges below ", parts.parameters.nodes), concat("", edge));
    }
  }
  const BlockTail& tail = block.tail();
  if (tail.row >= parts.parameters.rows) {
    corrupt(where, concat("a row below ", parts.parameters.rows), concat("", tail.row));
  }
  if (!std::isfinite(tail.scale.scale) || !std::isfinite(tail.scale.square)) {
    corrupt(where, "a finite scale and length", "others");
  }
  check_copies(parts.copies, tail.copies, parts.parameters.rows, where);
}

// Visits, slack and recall.
constexpr std::size_t kSampleWords = 3;

RecallCurves parse_recall(Section section, std::uint32_t nodes) {
  auto words = words_of(section, "recall");
  RecallCurves out;
  for (std::vector<RecallAtEffort>& curve : out.curves) {
    if (words.empty() || words[0] > (words.size() - 1) / kSampleWords) {
      corrupt("recall", concat(kSampledResults.size(), " curves"), "fewer numbers");
    }
    const std::size_t count = words[0];
    words = words.subspan(1);
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < count; ++i, words = words.subspan(kSampleWords)) {
      const RecallAtEffort at = {words[0], float_of(words[1]), float_of(words[2])};
      if (at.visits <= last || at.visits > nodes || !(at.slack > -1) || !std::isfinite(at.slack) ||
          !(at.recall >= 0 && at.recall <= 1)) {
        corrupt(
            "recall",
            concat("rising visits up to ", nodes, ", each with a finite slack above -1 and 0 to 1"),
            concat(at.visits, " with ", at.slack, " and ", at.recall));
      }
      last = at.visits;
      curve.push_back(at);
    }
  }
  if (!words.empty()) corrupt("recall", "no more numbers", concat("", words.size()));
  return out;
}

}  // namespace

std::uint64_t checksum_of_block(const GraphView& graph, Node p) {
  return xxh3_64(std::span(graph.at(p), graph.layout.bytes()));
}

std::uint64_t checksum_of_row(MatrixView rows, std::size_t row) {
  return xxh3_64(std::as_bytes(rows.row(row)));
}

GraphView graph_of(const GraphParts& parts) {
  const GraphParameters& p = parts.parameters;
  return {
      .layout = {vectors::rotated_dims_of(vectors::MetricSpace(p.metric, p.dims).dims()), p.layout},
      .blocks = parts.blocks.data(),
      .size = p.nodes,
      .entry = p.entry};
}

GraphParts parse_graph(std::span<const Section> sections) {
  if (sections.size() != kSections) {
    corrupt("graph", concat(kSections, " sections"), concat("", sections.size()));
  }
  const GraphParameters parameters = parse_parameters(sections[0]);
  GraphParts out = {.parameters = parameters,
                    .blocks = std::as_bytes(sections[kBlocksSection]),
                    .copies = words_of(sections[2], "copies"),
                    .recall = parse_recall(sections[3], parameters.nodes),
                    .codes = {floats_of(sections[4], "centre"), sections[kCodesSection]},
                    .checksums = {}};
  const BlockLayout layout = graph_of(out).layout;
  const std::size_t bytes = out.parameters.nodes * layout.bytes();
  if (out.blocks.size() != bytes) {
    corrupt("blocks", concat(bytes, " bytes"), concat("", out.blocks.size()));
  }
  // No number in them is a place: what other codes misjudge is not found.
  if (out.codes.centre.size() != layout.dims) {
    corrupt("centre", concat(layout.dims, " numbers"), concat("", out.codes.centre.size()));
  }
  const std::size_t codes = out.parameters.rows * CodeLayout{layout.dims}.bytes();
  if (out.codes.codes.size() != codes) {
    corrupt("codes", concat(codes, " bytes"), concat("", out.codes.codes.size()));
  }
  const Section checksums = sections[kChecksumsSection];
  if (checksums.size() != out.parameters.nodes * sizeof(NodeChecksums)) {
    corrupt("checksums", concat(out.parameters.nodes * sizeof(NodeChecksums), " bytes"),
            concat("", checksums.size()));
  }
  out.checksums = {reinterpret_cast<const NodeChecksums*>(checksums.data()), out.parameters.nodes};
  return out;
}

void check_node(const GraphParts& parts, Node p) {
  const GraphView graph = graph_of(parts);
  check_node(parts, graph.block(p), graph.layout, p);
}

void check_nodes(const GraphParts& parts) {
  const GraphView graph = graph_of(parts);
  for (Node p = 0; p < graph.size; ++p) {
    // Each node is a miss of the caches, 145 ns that are not spent waiting when asked for early.
    if (p + kAhead < graph.size) {
      const BlockView ahead = graph.block(p + kAhead);
      kernels::prefetch_lines(ahead.edges().data(), sizeof(Node) * kDegree);
      kernels::prefetch_lines(&ahead.tail(), sizeof(BlockTail));
    }
    check_node(parts, graph.block(p), graph.layout, p);
  }
}

void write_graph(const Path& path, std::string_view key, const GraphParts& parts, MatrixView rows) {
  const GraphParameters& p = parts.parameters;
  const std::array<std::uint32_t, kParameterWords> parameters = {
      static_cast<std::uint32_t>(p.metric), p.dims, p.rows, p.nodes, p.entry, bits_of(p.longest),
      static_cast<std::uint32_t>(p.layout)};
  std::vector<std::uint32_t> recall;
  for (const std::vector<RecallAtEffort>& curve : parts.recall.curves) {
    recall.push_back(static_cast<std::uint32_t>(curve.size()));
    for (const RecallAtEffort& at : curve) {
      recall.push_back(at.visits);
      recall.push_back(bits_of(at.slack));
      recall.push_back(bits_of(at.recall));
    }
  }
  const GraphView graph = graph_of(parts);
  std::vector<NodeChecksums> checksums(graph.size);
  for (Node n = 0; n < graph.size; ++n) {
    checksums[n] = {checksum_of_block(graph, n), checksum_of_row(rows, graph.block(n).tail().row)};
  }
  const auto section = [](const auto& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    return Section(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  };
  const std::array<Section, kSections> sections = {
      section(parameters),         section(parts.blocks), section(parts.copies), section(recall),
      section(parts.codes.centre), parts.codes.codes,     section(checksums)};
  write_sections(kGraphFormat, path, key, sections);
}

}  // namespace sememe::index
