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
// Estimates in the queue for a result: the results will not be farther than the farthest of these,
// copies among them or not. Without this bound a walk fills its queue on the way in (text at
// recall 0.96, 64 visits: 38 us; 66 visits in 36 with it); three find the same in the same time.
constexpr std::size_t kEstimatesAResult = 2;

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
  const std::size_t places = kernels::whole_places(capacity);
  distances_.grow(kBefore + places + kernels::kEdges);
  ids_.grow(kBefore + places + kernels::kEdges);
  capacity_ = capacity;
  size_ = 0;
  next_ = 0;
}

void CandidateQueue::insert(const kernels::SortedEntries& entries) {
  float* const distances = distances_.data() + kBefore;
  const std::size_t places =
      std::min(kernels::whole_places(size_ + entries.size()), kernels::whole_places(capacity_));
  std::fill(distances + size_, distances + places, kInfinity);
  next_ =
      std::min(next_, kernels::merge_sorted({distances, ids_.data() + kBefore, places}, entries));
  size_ = std::min(size_ + entries.size(), capacity_);
}

Node CandidateQueue::pop() {
  for (; next_ < size_; ++next_) {
    Node& place = ids_.data()[kBefore + next_];
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

void KthNearest::add(float distance) {
  if (nearest_.size() == k_) {
    if (!(distance < nearest_.front())) return;
    std::ranges::pop_heap(nearest_);
    nearest_.pop_back();
  }
  nearest_.push_back(distance);
  std::ranges::push_heap(nearest_);
}

bool PassingNodes::contains(const BlockTail& tail) const {
  if (rows == nullptr || rows->contains(tail.row)) return true;
  return std::ranges::any_of(copies_at(copies, tail.copies),
                             [this](std::uint32_t row) { return rows->contains(row); });
}

float with_slack(float distance, float slack, const GraphQuery& query) {
  if (distance == kAnyDistance || slack == kAnyDistance) return kAnyDistance;
  return distance + slack * std::abs(distance) + query.byte_error();
}

std::span<const Near> GraphWalk::run(const GraphView& graph, const GraphQuery& query,
                                     const WalkLimits& limits, const PassingNodes& passing,
                                     Node without) {
  visited_.clear();
  found_.clear();
  if (graph.size == 0) return found_;
  if (without != kNoNode && without != graph.entry) visited_.insert(without);
  queue_.reset(limits.places);
  nearest_.reset(limits.results);
  const Task task = {graph, query, limits, passing, without};
  if (graph.layout.parts == Layout::kFast) {
    run_by_estimates(task);
  } else {
    run_by_codes(task);
  }
  return found_;
}

float GraphWalk::limit(const Task& task) const {
  const WalkLimits& limits = task.limits;
  const double among = static_cast<double>(kEstimatesAResult * limits.results) / limits.share;
  return with_slack(
      std::min(nearest_.distance(), queue_.distance(static_cast<std::size_t>(among) - 1)),
      limits.slack, task.query);
}

float GraphWalk::visit(const Task& task, Node p) {
  visited_.insert(p);
  if (task.graph.checks != nullptr) task.graph.checks->node(p);
  const BlockView block = task.graph.block(p);
  const float distance = distance_to(block, task.query);
  // Every way begins at the entry, which cannot be passed over.
  if (p != task.without && task.passing.contains(block.tail())) {
    found_.push_back({distance, p});
    if (task.limits.slack < kAnyDistance) nearest_.add(distance);
  }
  return distance;
}

void GraphWalk::run_by_estimates(const Task& task) {
  queue_.insert(kLargest, task.graph.entry);
  AskedBlocks asked;
  for (Node p = queue_.pop(); p != kNoNode && visited_.size() < task.limits.visits;
       p = queue_.pop()) {
    if (visited_.contains(p)) continue;
    asked.ask(task.graph, p);
    queue_.for_next(kBlocksAhead, [&](Node next) {
      if (!visited_.contains(next)) asked.ask(task.graph, next);
    });
    estimate_edges(task, p);
  }
}

void GraphWalk::estimate_edges(const Task& task, Node p) {
  const float distance = visit(task, p);
  const bool limited = task.limits.slack < kAnyDistance;
  const float limit = limited ? this->limit(task) : kAnyDistance;
  const BlockView block = task.graph.block(p);
  alignas(64) std::array<float, kDegree> estimates;
  std::uint32_t below =
      kernels::estimate_edges(block.codes(), block.factors(), task.query.edges(), distance,
                              std::min(queue_.bound(), limit), estimates);
  const std::span<const Node, kDegree> edges = block.edges();
  kernels::SortedEntries entries;
  for (; below != 0; below &= below - 1) {
    const auto e = static_cast<std::size_t>(std::countr_zero(below));
    if (visited_.contains(edges[e])) continue;
    entries.put(estimates[e], edges[e]);
    if (task.graph.slots != nullptr) __builtin_prefetch(task.graph.slots + edges[e]);
  }
  queue_.insert(entries);
  if (limited) queue_.drop_from(limit);
}

void GraphWalk::run_by_codes(const Task& task) {
  queue_.insert(visit(task, task.graph.entry), task.graph.entry);
  for (Node p = queue_.pop(); p != kNoNode && visited_.size() < task.limits.visits;
       p = queue_.pop()) {
    measure_edges(task, p);
  }
}

// Distances to all neighbours that were not met before, each asked for some ahead of its turn.
void GraphWalk::measure_edges(const Task& task, Node p) {
  const GraphView& graph = task.graph;
  const std::size_t bytes = graph.layout.bytes();
  std::array<Node, kDegree> fresh;
  std::size_t count = 0;
  for (const Node edge : graph.block(p).edges()) {
    if (edge == kNoNode || visited_.contains(edge)) continue;
    fresh[count++] = edge;
    if (count <= kAhead) kernels::prefetch_lines(graph.at(edge), bytes);
  }
  const bool limited = task.limits.slack < kAnyDistance;
  const float bound = limited ? std::min(queue_.bound(), limit(task)) : queue_.bound();
  kernels::SortedEntries entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kAhead < count) kernels::prefetch_lines(graph.at(fresh[i + kAhead]), bytes);
    const float distance = visit(task, fresh[i]);
    if (distance < bound) entries.put(distance, fresh[i]);
  }
  queue_.insert(entries);
  if (limited) queue_.drop_from(limit(task));
}

std::span<const Near> GraphWalk::spread(const GraphView& graph, const GraphQuery& query,
                                        float distance, std::size_t most) {
  const WalkLimits limits;
  const PassingNodes all;
  const Task task = {graph, query, limits, all, kNoNode};
  for (std::size_t i = 0; i < found_.size() && visited_.size() < most; ++i) {
    const Near near = found_[i];
    if (i + kBlocksAhead < found_.size() && found_[i + kBlocksAhead].distance <= distance) {
      kernels::prefetch_lines(graph.at(found_[i + kBlocksAhead].node), graph.layout.code());
    }
    if (near.distance <= distance) spread_from(task, near, distance);
  }
  return found_;
}

void GraphWalk::spread_from(const Task& task, const Near& near, float distance) {
  const GraphView& graph = task.graph;
  const BlockView block = graph.block(near.node);
  std::uint32_t below = ~std::uint32_t{0};
  if (graph.layout.parts == Layout::kFast) {
    alignas(64) std::array<float, kDegree> estimates;
    below = kernels::estimate_edges(block.codes(), block.factors(), task.query.edges(),
                                    near.distance, distance, estimates);
  }
  std::array<Node, kDegree> fresh;
  std::size_t count = 0;
  for (; below != 0; below &= below - 1) {
    const Node edge = block.edges()[static_cast<std::size_t>(std::countr_zero(below))];
    if (edge == kNoNode || visited_.contains(edge)) continue;
    fresh[count++] = edge;
    kernels::prefetch_lines(graph.at(edge) + graph.layout.code(),
                            graph.layout.bytes() - graph.layout.code());
  }
  for (const Node p : std::span(fresh).first(count)) visit(task, p);
}

}  // namespace sememe::index
