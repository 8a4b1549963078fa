// Any bytes as a file of a graph index: an Error, or a graph that neither a walk nor a scan leaves.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "base/section_file_testing.h"
#include "index/equal_rows.h"
#include "index/graph_file.h"
#include "index/graph_scan.h"
#include "index/graph_walk.h"
#include "sememe/error.h"

namespace {

using sememe::index::GraphParts;
using sememe::index::GraphView;
using sememe::index::Near;

constexpr std::size_t kMostDims = 4096;

void search(const GraphParts& parts) {
  const GraphView graph = sememe::index::graph_of(parts);
  const std::size_t dims = graph.layout.dims;
  if (graph.size == 0 || dims > kMostDims) return;
  sememe::index::GraphQuery query(dims);
  const std::vector<float> rotated(dims, 0.125F);
  query.set(rotated);
  sememe::index::GraphWalk walk(graph.size);
  const auto check = [&](std::span<const Near> visited) {
    for (const Near& near : visited) {
      const sememe::index::BlockTail& tail = graph.block(near.node).tail();
      if (tail.row >= parts.parameters.rows) __builtin_trap();
      for (const std::uint32_t row : sememe::index::copies_at(parts.copies, tail.copies)) {
        if (row >= parts.parameters.rows) __builtin_trap();
      }
    }
  };
  check(walk.run(graph, query, {.places = 16}));
  check(walk.run(graph, query, {.places = 16, .slack = 0.1F, .results = 1}));
  check(walk.spread(graph, query, 1, graph.size));
  std::vector<std::uint32_t> rows(parts.parameters.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<sememe::index::Node> nodes(rows.size(), sememe::index::kNoNode);
  for (sememe::index::Node p = 0; p < graph.size; ++p) nodes[graph.block(p).tail().row] = p;
  sememe::index::GraphScan scan;
  for (const Near& near : scan.run({graph, parts.codes, nodes}, query, rotated, rows, 1)) {
    if (near.node >= graph.size) __builtin_trap();
  }
}

// What the file says that it belongs to.
std::string_view key_of(std::span<const std::byte> file) {
  if (file.size() < 104) return {};
  const char* key = reinterpret_cast<const char*>(file.data()) + 24;
  return {key, ::strnlen(key, 80)};
}

void parse(std::span<const std::byte> file) {
  try {
    const GraphParts parts = sememe::index::parse_graph(
        sememe::parse_sections(sememe::index::kGraphFormat, file, key_of(file)));
    sememe::index::check_nodes(parts);
    search(parts);
  } catch (const sememe::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Sections are read as numbers: they lie at multiples of 64 as in a mapped file.
  sememe::kernels::AlignedBytes memory(size);
  const std::span<std::byte> file = std::as_writable_bytes(memory.span());
  if (size > 0) std::memcpy(file.data(), data, size);
  parse(file);
  sememe::sign_sections(file, sememe::index::kGraphFormat.version);
  parse(file);
  return 0;
}
