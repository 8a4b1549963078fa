// The nodes of a graph as a search reads them: a block of memory each, with the codes of the node's
// neighbours beside its edges, so that one hop is one read of consecutive lines.
//
//   codes     4 D bytes      one-bit codes of 32 differences (kernels/bit_sums.h)
//   factors   128 bytes      EdgeFactors of them (kernels/edges.h)
//   edges     128 bytes      32 nodes; kNoNode where there is none
//   own code  D bytes        the node as bytes (vectors/byte_codes.h)
//   tail      16 bytes       BlockTail
//
// and, of fast blocks, zeros up to a multiple of 64 bytes: 2,240 for D = 384, of which the edges'
// codes are 1,536.
// The node's own code is a quarter of what exact vectors would take, and a third of SymphonyQG's
// block is saved with it. Compact blocks have neither codes nor factors: 528 bytes for D = 384, and
// a walk reads the own codes of all neighbours instead.
#ifndef SEMEME_INDEX_GRAPH_BLOCKS_H_
#define SEMEME_INDEX_GRAPH_BLOCKS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/thread_pool.h"
#include "index/graph_points.h"
#include "kernels/aligned.h"
#include "kernels/edges.h"
#include "vectors/byte_codes.h"

namespace sememe::index {

inline constexpr std::size_t kDegree = kernels::kEdges;

/// The addend of an edge that is not there, bf16: infinitely far.
inline constexpr std::uint16_t kFarAddend = 0x7F80;

/// What the blocks of a graph have.
enum class Layout : std::uint32_t {
  kFast,     ///< all of the above
  kCompact,  ///< edges, own code, tail
};
/// "fast" or "compact", and back; none for another name.
std::string_view layout_name(Layout layout);
std::optional<Layout> parse_layout(std::string_view name);

struct BlockTail {
  vectors::ByteScale scale;  ///< of the node's own code
  std::uint32_t row;         ///< the caller's
  std::uint32_t copies;      ///< place of further rows that are equal (equal_rows.h), or 0
};

/// Where the parts of a block lie, for rotated dimensions D.
struct BlockLayout {
  std::size_t dims = 0;
  Layout parts = Layout::kFast;
  constexpr std::size_t factors() const {
    return parts == Layout::kFast ? kernels::bit_block_bytes(dims) : 0;
  }
  constexpr std::size_t edges() const {
    return factors() + (parts == Layout::kFast ? sizeof(kernels::EdgeFactors) : 0);
  }
  constexpr std::size_t code() const { return edges() + kDegree * sizeof(Node); }
  constexpr std::size_t tail() const { return code() + dims; }
  /// Compact blocks end where they end: 528 bytes for 384 dimensions, and 592 with the row's code
  /// for filtered searches (graph_codes.h).
  constexpr std::size_t bytes() const {
    const std::size_t end = tail() + sizeof(BlockTail);
    return parts == Layout::kFast ? (end + 63) / 64 * 64 : end;
  }
};

/// One node's block, where it lies; a fast one 64-byte aligned, a compact one 16.
class BlockView {
 public:
  BlockView(const std::byte* data, const BlockLayout& layout) : data_(data), layout_(layout) {}

  /// codes and factors: of the fast layout.
  std::span<const std::uint8_t> codes() const {
    return {reinterpret_cast<const std::uint8_t*>(data_), layout_.factors()};
  }
  const kernels::EdgeFactors& factors() const {
    return *reinterpret_cast<const kernels::EdgeFactors*>(data_ + layout_.factors());
  }
  std::span<const Node, kDegree> edges() const {
    return std::span<const Node, kDegree>(reinterpret_cast<const Node*>(data_ + layout_.edges()),
                                          kDegree);
  }
  std::span<const std::int8_t> code() const {
    return {reinterpret_cast<const std::int8_t*>(data_ + layout_.code()), layout_.dims};
  }
  const BlockTail& tail() const {
    return *reinterpret_cast<const BlockTail*>(data_ + layout_.tail());
  }

 private:
  const std::byte* data_;
  const BlockLayout& layout_;
};

class GraphChecks;

/// All blocks of a graph, borrowed.
struct GraphView {
  BlockLayout layout;
  const std::byte* blocks = nullptr;
  std::size_t size = 0;
  Node entry = 0;  ///< where walks begin
  /// Which block is a node's, where that changes (growing_store.h).
  std::uint32_t* slots = nullptr;
  /// Of a mapped graph: what a block has to pass before it is believed.
  const GraphChecks* checks = nullptr;

  const std::byte* at(Node p) const {
    const std::size_t slot =
        slots == nullptr ? p : std::atomic_ref(slots[p]).load(std::memory_order_acquire);
    return blocks + slot * layout.bytes();
  }
  BlockView block(Node p) const { return {at(p), layout}; }
};

/// An edge of a fast block and the rotated vectors of its ends.
struct EdgeEnds {
  Node to = kNoNode;
  std::span<const float> from_vector;
  std::span<const float> to_vector;
};
/// Writes edge `e` of a block, where there is none.
void put_edge(const BlockLayout& layout, std::span<std::byte> block, std::size_t e,
              const EdgeEnds& ends);
/// Makes edge `e` of a block lead to another node, which is at the same place.
void set_end(const BlockLayout& layout, std::span<std::byte> block, std::size_t e, Node to);
/// Takes edge `e` out of a block.
void clear_edge(const BlockLayout& layout, std::span<std::byte> block, std::size_t e);

/// Writes the fast block of node p with its edges, at most kDegree; `block` has layout.bytes().
void encode_block(const GraphPoints& points, Node p, std::span<const Near> edges, std::uint32_t row,
                  std::uint32_t copies, std::span<std::byte> block);

/// The blocks of a fast graph without what compact ones have not.
kernels::AlignedBytes compact_blocks(const GraphView& graph, ThreadPool& pool);

}  // namespace sememe::index

#endif  // SEMEME_INDEX_GRAPH_BLOCKS_H_
