#include "index/graph_blocks.h"

#include <algorithm>
#include <cstring>

#include "base/error_context.h"
#include "kernels/target.h"

namespace sememe::index {
namespace {

// Edges whose ends are asked for ahead of their turn.
constexpr std::size_t kAhead = 2;

// kernels/edges.h: g = |r|^2 / y.r, with 2 y.r the sum of magnitudes and 2 y.p the signed sum.
void put_factors(const kernels::EdgeSums& sums, std::size_t edge, kernels::EdgeFactors& out) {
  const float g = sums.magnitude > 0 ? 2.0F * sums.square / sums.magnitude : 0.0F;
  out.addend[edge] = kernels::to_bf16(sums.square + g * sums.signed_sum);
  out.factor[edge] = kernels::to_bf16(2.0F * g);
}

kernels::EdgeFactors& factors_of(const BlockLayout& layout, std::span<std::byte> block) {
  return *reinterpret_cast<kernels::EdgeFactors*>(block.data() + layout.factors());
}

}  // namespace

std::string_view layout_name(Layout layout) { return layout == Layout::kFast ? "fast" : "compact"; }

std::optional<Layout> parse_layout(std::string_view name) {
  for (const Layout layout : {Layout::kFast, Layout::kCompact}) {
    if (name == layout_name(layout)) return layout;
  }
  return std::nullopt;
}

void set_end(const BlockLayout& layout, std::span<std::byte> block, std::size_t e, Node to) {
  std::memcpy(block.data() + layout.edges() + e * sizeof(Node), &to, sizeof(to));
}

void put_edge(const BlockLayout& layout, std::span<std::byte> block, std::size_t e,
              const EdgeEnds& ends) {
  SEMEME_CHECK(block.size() == layout.bytes() && e < kDegree);
  const std::span<std::uint8_t> codes = {reinterpret_cast<std::uint8_t*>(block.data()),
                                         layout.factors()};
  put_factors(kernels::encode_edge(ends.from_vector, ends.to_vector, e, codes), e,
              factors_of(layout, block));
  set_end(layout, block, e, ends.to);
}

void clear_edge(const BlockLayout& layout, std::span<std::byte> block, std::size_t e) {
  SEMEME_CHECK(block.size() == layout.bytes() && e < kDegree);
  // Of each group of sixteen bytes one half of one (kernels/bit_sums.h).
  const std::byte others{e < 16 ? std::uint8_t{0xF0} : std::uint8_t{0x0F}};
  for (std::size_t at = e % 16; at < layout.factors(); at += 16) block[at] &= others;
  factors_of(layout, block).factor[e] = 0;
  factors_of(layout, block).addend[e] = kFarAddend;
  set_end(layout, block, e, kNoNode);
}

void encode_block(const GraphPoints& points, Node p, std::span<const Near> edges, std::uint32_t row,
                  std::uint32_t copies, std::span<std::byte> block) {
  const BlockLayout layout = {points.dims()};
  SEMEME_CHECK(block.size() == layout.bytes() && edges.size() <= kDegree);
  std::ranges::fill(block, std::byte{0});
  const std::span<std::uint8_t> codes = {reinterpret_cast<std::uint8_t*>(block.data()),
                                         layout.factors()};
  kernels::EdgeFactors factors = {};
  std::array<Node, kDegree> nodes;
  for (std::size_t e = 0; e < kDegree; ++e) {
    if (e + kAhead < edges.size()) {
      kernels::prefetch_lines(points.rotated(edges[e + kAhead].node).data(),
                              points.dims() * sizeof(float));
    }
    if (e < edges.size()) {
      nodes[e] = edges[e].node;
      put_factors(kernels::encode_edge(points.rotated(p), points.rotated(nodes[e]), e, codes), e,
                  factors);
    } else {
      nodes[e] = kNoNode;
      factors.addend[e] = kFarAddend;
    }
  }
  const BlockTail tail = {.scale = points.scale(p), .row = row, .copies = copies};
  std::memcpy(block.data() + layout.factors(), &factors, sizeof(factors));
  std::memcpy(block.data() + layout.edges(), nodes.data(), sizeof(nodes));
  std::memcpy(block.data() + layout.code(), points.code(p).data(), layout.dims);
  std::memcpy(block.data() + layout.tail(), &tail, sizeof(tail));
}

kernels::AlignedBytes compact_blocks(const GraphView& graph, ThreadPool& pool) {
  const BlockLayout layout = {graph.layout.dims, Layout::kCompact};
  kernels::AlignedBytes out(graph.size * layout.bytes());
  const std::span<std::byte> bytes = std::as_writable_bytes(out.span());
  // Edges, own code and tail lie in the same order in both.
  const std::size_t kept = layout.tail() + sizeof(BlockTail) - layout.edges();
  pool.parallel_for(graph.size, [&](std::size_t p, std::size_t) {
    std::memcpy(bytes.data() + p * layout.bytes() + layout.edges(),
                graph.at(static_cast<Node>(p)) + graph.layout.edges(), kept);
  });
  return out;
}

}  // namespace sememe::index
