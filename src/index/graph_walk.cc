#include "index/graph_walk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/error_context.h"
#include "index/graph_checks.h"
#include "kernels/target.h"

namespace sememe::index {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();
// The best that are left may well be the next ones.
constexpr std::size_t kBlocksAhead = 2;
// Neighbours of a compact block whose own are asked for ahead of their turn.
constexpr std::size_t kAhead = 16;

// Asks for blocks ahead of their use, each once as long as it is among the last few: to ask again
// for what is there costs as much as to read it.
class AskedBlocks {
 public:
  void ask(const GraphView& graph, Node p) {
    if (std::ranges::find(nodes_, p) != nodes_.end()) return;
    nodes_[next_++ % nodes_.size()] = p;
    kernels::prefetch_lines(graph.at(p), graph.layout.bytes());
  }

 private:
  std::array<Node, 4> nodes_ = {kNoNode, kNoNode, kNoNode, kNoNode};
  std::size_t next_ = 0;
};

}  // namespace

GraphQuery::GraphQuery(std::size_t dims) : code_(dims), table_(kernels::bit_block_bytes(dims)) {}

void GraphQuery::set(std::span<const float> rotated) {
  SEMEME_CHECK(rotated.size() == code_.size());
  scale_ = vectors::encode_bytes(rotated, code_.span());
  sum_ = 0;
  for (const float value : rotated) sum_ += value;
  const kernels::BitTableScale table = kernels::make_bit_table(rotated, table_.span());
  edges_ = {.table = table_.span(), .scale = table.scale, .offset = table.offset - 0.5F * sum_};
}

void CandidateQueue::reset(std::size_t capacity) {
  const std::size_t places = (capacity + 15) / 16 * 16;
  distances_.grow(kBefore + places + kernels::kEdges);
  ids_.grow(kBefore + places + kernels::kEdges);
  capacity_ = capacity;
  next_ = 0;
  places_ = {distances_.data() + kBefore, ids_.data() + kBefore, places};
  std::fill_n(places_.distances, places, kInfinity);
}

Node CandidateQueue::pop() {
  for (; next_ < capacity_ && places_.distances[next_] < kInfinity; ++next_) {
    Node& place = places_.ids[next_];
    if ((place & kPopped) != 0) continue;
    const Node node = place;
    place |= kPopped;
    ++next_;
    return node;
  }
  return kNoNode;
}

void VisitedNodes::clear() {
  for (const Node p : nodes_) bits_[p / 64] = 0;
  nodes_.clear();
}

std::span<const Near> GraphWalk::run(const GraphView& graph, const GraphQuery& query,
                                     std::size_t effort, Node without) {
  visited_.clear();
  found_.clear();
  if (graph.size == 0) return found_;
  if (without != kNoNode && without != graph.entry) visited_.insert(without);
  queue_.reset(effort);
  if (graph.layout.parts == Layout::kFast) {
    run_by_estimates(graph, query);
  } else {
    run_by_codes(graph, query);
  }
  // Every way begins at the entry, which is the first that is found.
  if (without == graph.entry) found_.erase(found_.begin());
  return found_;
}

float GraphWalk::visit(const GraphView& graph, const GraphQuery& query, Node p) {
  visited_.insert(p);
  if (graph.checks != nullptr) graph.checks->node(p);
  const float distance = distance_to(graph.block(p), query);
  found_.push_back({distance, p});
  return distance;
}

void GraphWalk::run_by_estimates(const GraphView& graph, const GraphQuery& query) {
  queue_.insert(kLargest, graph.entry);
  AskedBlocks asked;
  for (Node p = queue_.pop(); p != kNoNode; p = queue_.pop()) {
    if (visited_.contains(p)) continue;
    asked.ask(graph, p);
    queue_.for_next(kBlocksAhead, [&](Node next) {
      if (!visited_.contains(next)) asked.ask(graph, next);
    });
    estimate_edges(graph, query, p);
  }
}

void GraphWalk::estimate_edges(const GraphView& graph, const GraphQuery& query, Node p) {
  const float distance = visit(graph, query, p);
  const BlockView block = graph.block(p);
  alignas(64) std::array<float, kDegree> estimates;
  std::uint32_t below = kernels::estimate_edges(block.codes(), block.factors(), query.edges(),
                                                distance, queue_.bound(), estimates);
  const std::span<const Node, kDegree> edges = block.edges();
  kernels::SortedEntries entries;
  for (; below != 0; below &= below - 1) {
    const auto e = static_cast<std::size_t>(std::countr_zero(below));
    if (visited_.contains(edges[e])) continue;
    entries.put(estimates[e], edges[e]);
    if (graph.slots != nullptr) __builtin_prefetch(graph.slots + edges[e]);
  }
  queue_.insert(entries);
}

void GraphWalk::run_by_codes(const GraphView& graph, const GraphQuery& query) {
  queue_.insert(visit(graph, query, graph.entry), graph.entry);
  for (Node p = queue_.pop(); p != kNoNode; p = queue_.pop()) measure_edges(graph, query, p);
}

// Distances to all neighbours that were not met before, each asked for some ahead of its turn.
void GraphWalk::measure_edges(const GraphView& graph, const GraphQuery& query, Node p) {
  const std::size_t bytes = graph.layout.bytes();
  std::array<Node, kDegree> fresh;
  std::size_t count = 0;
  for (const Node edge : graph.block(p).edges()) {
    if (edge == kNoNode || visited_.contains(edge)) continue;
    fresh[count++] = edge;
    if (count <= kAhead) kernels::prefetch_lines(graph.at(edge), bytes);
  }
  kernels::SortedEntries entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kAhead < count) kernels::prefetch_lines(graph.at(fresh[i + kAhead]), bytes);
    const float distance = visit(graph, query, fresh[i]);
    if (distance < queue_.bound()) entries.put(distance, fresh[i]);
  }
  queue_.insert(entries);
}

}  // namespace sememe::index
