#include "index/growing_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "base/error_context.h"
#include "index/growing_consolidate.h"

namespace sememe::index {
namespace {

constexpr std::size_t kMostCapacity = std::size_t{1} << 30;

std::size_t checked_capacity(const GrowingOptions& options) {
  if (options.capacity == 0 || options.capacity > kMostCapacity) {
    throw Error(ErrorCode::kInvalidArgument, concat("expected a capacity of 1 to ", kMostCapacity,
                                                    " rows, found ", options.capacity));
  }
  if (options.effort == 0) {
    throw Error(ErrorCode::kInvalidArgument, "expected an effort of at least 1, found 0");
  }
  return options.capacity;
}

std::size_t checked_dims(std::size_t dims) {
  if (dims == 0 || dims > kMostDims) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("a graph index has rows of 1 to ", kMostDims, " numbers, found ", dims));
  }
  return dims;
}

float checked_longest(const GrowingOptions& options) {
  if (options.metric != vectors::Metric::kInnerProduct) return 0;
  if (!(options.longest > 0) || !std::isfinite(options.longest * options.longest)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected the length of the longest row for inner products, found ",
                       options.longest));
  }
  return options.longest;
}

GrowingOptions options_of(const GraphIndex& built, GrowingOptions options) {
  options.metric = built.metric();
  return options;
}

}  // namespace

GrowingIndex::GrowingIndex(std::size_t dims, const GrowingOptions& options, float longest)
    : effort_(options.effort),
      longest_(longest),
      space_(options.metric, checked_dims(dims), longest),
      rotation_(space_.dims(), kRotationSeed),
      store_(dims, rotation_.rotated_dims(), checked_capacity(options)),
      editor_(store_, space_, rotation_),
      linker_(store_, editor_, options.effort) {}

GrowingIndex::GrowingIndex(std::size_t dims, const GrowingOptions& options)
    : GrowingIndex(dims, options, checked_longest(options)) {}

GrowingIndex::GrowingIndex(const GraphIndex& built, const GrowingOptions& options)
    : GrowingIndex(built.dims(), options_of(built, options), built.longest()) {
  built.check_all();
  if (built.graph().layout.parts != Layout::kFast) {
    throw Error(ErrorCode::kUnsupported,
                concat("expected an index of the ", layout_name(Layout::kFast),
                       " layout to grow from, found a ", layout_name(Layout::kCompact), " one"));
  }
  if (built.size() > options.capacity) {
    throw Error(ErrorCode::kLimit, concat("expected a capacity of at least the ", built.size(),
                                          " rows of the built index, found ", options.capacity));
  }
  for (std::size_t r = 0; r < built.size(); ++r) {
    store_.put_row(static_cast<Node>(r), built.rows().row(r));
  }
  if (built.graph().size > 0) copy_nodes(built);
}

void GrowingIndex::copy_nodes(const GraphIndex& built) {
  const GraphView& graph = built.graph();
  const BlockLayout& layout = graph.layout;
  const auto row_of = [&](Node p) { return graph.block(p).tail().row; };
  for (Node p = 0; p < graph.size; ++p) {
    const std::span<std::byte> block = store_.next_block();
    std::memcpy(block.data(), graph.at(p), block.size());
    const std::span<const Node, kDegree> edges = graph.block(p).edges();
    for (std::size_t e = 0; e < kDegree; ++e) {
      if (edges[e] == kNoNode) continue;
      // A built graph may have an edge twice.
      if (std::ranges::count(edges.first(e), edges[e]) > 0) {
        clear_edge(layout, block, e);
      } else {
        set_end(layout, block, e, row_of(edges[e]));
      }
    }
    const BlockTail tail = {.scale = graph.block(p).tail().scale, .row = row_of(p), .copies = 0};
    std::memcpy(block.data() + layout.tail(), &tail, sizeof(tail));
    store_.publish(tail.row);
    known_rows_.put(store_.rows(), tail.row);
    for (const std::uint32_t copy : built.copies_of(p)) store_.add_copy(tail.row, copy);
  }
  store_.set_entry(row_of(graph.entry));
}

std::uint32_t GrowingIndex::insert(std::span<const float> row) {
  check_row(row);
  const Node equal = known_rows_.find(store_.rows(), row);
  if (equal != kNoNode && !store_.is_live(equal)) {
    store_.revive_row(equal);
    return equal;
  }
  const Node p = free_place();
  if (equal == kNoNode) linker_.set(row);
  take_place();
  store_.put_row(p, row);
  if (equal == kNoNode) {
    known_rows_.put(store_.rows(), p);
    linker_.link(p);
  } else {
    store_.add_copy(equal, p);
  }
  return p;
}

void GrowingIndex::check_row(std::span<const float> row) const {
  SEMEME_CHECK(row.size() == dims());
  vectors::check_finite(row);
  if (metric() != vectors::Metric::kInnerProduct) return;
  const double square = vectors::squared_length(row);
  if (square > longest_ * longest_) {
    throw Error(ErrorCode::kInvalidArgument, concat("expected a row of length at most ", longest_,
                                                    ", found one of ", std::sqrt(square)));
  }
}

Node GrowingIndex::free_place() const {
  if (!free_.empty()) return free_.back();
  if (store_.bound() < capacity()) return static_cast<Node>(store_.bound());
  throw Error(ErrorCode::kLimit, concat("expected at most ", capacity(),
                                        " rows, the capacity of the index, which holds ", size(),
                                        " and ", removed(), " removed ones"));
}

void GrowingIndex::take_place() {
  if (!free_.empty()) free_.pop_back();
}

void GrowingIndex::remove(std::uint32_t row) {
  if (row >= store_.bound() || !store_.is_live(row)) {
    throw Error(ErrorCode::kNotFound, concat("row ", row, " is not in the index"));
  }
  store_.remove_row(row);
}

void GrowingIndex::consolidate() {
  if (removed() == 0) return;
  const std::vector<Node> freed = Consolidation(store_, editor_, effort_).run();
  for (const Node p : freed) {
    if (store_.is_node(p)) known_rows_.remove(store_.rows(), p);
  }
  store_.free_rows(freed);
  free_.insert(free_.end(), freed.begin(), freed.end());
  std::ranges::sort(free_, std::ranges::greater());
}

}  // namespace sememe::index
