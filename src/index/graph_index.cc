#include "index/graph_index.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error_context.h"
#include "base/section_file.h"
#include "index/flat_index.h"
#include "index/flat_scan.h"
#include "index/graph_order.h"
#include "index/recall_sample.h"
#include "kernels/target.h"

namespace sememe::index {
namespace {

constexpr std::size_t kMostRows = std::size_t{1} << 31;

// Times the mean of visits that a query with many rows about as far as its nearest may take: eight
// times find as many as sixteen (0.9898 of text for 0.9899), four 0.9877.
constexpr double kMostOfMean = 8;

void check_size(MatrixView rows) {
  if (rows.rows >= kMostRows) {
    throw Error(ErrorCode::kLimit,
                concat("a graph index holds fewer than ", kMostRows, " rows, found ", rows.rows));
  }
  if (rows.cols == 0 || rows.cols > kMostDims) {
    throw Error(ErrorCode::kInvalidArgument, concat("a graph index has rows of 1 to ", kMostDims,
                                                    " numbers, found ", rows.cols));
  }
}

// Not by std::copy: of std::byte it goes byte by byte (GCC 12).
kernels::AlignedBytes copy_of(std::span<const std::byte> bytes) {
  kernels::AlignedBytes out = kernels::AlignedBytes::uninitialized(bytes.size());
  if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

RowCodes copy_of(const RowCodesView& view) {
  RowCodes out = {.centre = kernels::AlignedFloats(view.centre.size()),
                  .codes = copy_of(std::as_bytes(view.codes))};
  std::ranges::copy(view.centre, out.centre.data());
  return out;
}

// The first k rows of a node, of those that may be returned.
void add_rows(const BlockTail& tail, std::span<const std::uint32_t> copies,
              const GraphSearch& options, std::vector<Neighbor>& out) {
  const std::size_t end = out.size() + options.k;
  const auto add = [&](std::uint32_t row) {
    if (options.allowed == nullptr || options.allowed->contains(row)) out.push_back({row, 0});
  };
  add(tail.row);
  for (const std::uint32_t row : copies_at(copies, tail.copies)) {
    if (out.size() == end) break;
    add(row);
  }
}

}  // namespace

GraphIndex::GraphIndex(MatrixView rows, const GraphParameters& parameters)
    : rows_(rows),
      space_(parameters.metric, rows.cols, parameters.longest),
      rotation_(space_.dims(), kRotationSeed),
      parts_{.parameters = parameters,
             .blocks = {},
             .copies = {},
             .recall = {},
             .codes = {},
             .checksums = {}},
      nodes_of_rows_(std::make_unique<NodesOfRows>()) {}

std::span<const Node> GraphIndex::node_of_row() const {
  std::call_once(nodes_of_rows_->found, [&] {
    check_all();
    nodes_of_rows_->nodes = find_nodes();
  });
  return nodes_of_rows_->nodes;
}

std::vector<Node> GraphIndex::find_nodes() const {
  std::vector<Node> out(rows_.rows, kNoNode);
  for (Node p = 0; p < graph_.size; ++p) {
    const BlockTail& tail = graph_.block(p).tail();
    out[tail.row] = p;
    for (const std::uint32_t row : copies_at(parts_.copies, tail.copies)) out[row] = p;
  }
  return out;
}

GraphIndex GraphIndex::build(MatrixView rows, const GraphOptions& options, ThreadPool& pool) {
  check_size(rows);
  const bool products = options.metric == vectors::Metric::kInnerProduct;
  EqualRows equal(rows);
  const auto distinct = equal.distinct();
  equal.put_in_order(
      order_near_together(rows, {distinct.begin(), distinct.end()}, options.metric, pool));
  GraphIndex index(rows, {.metric = options.metric,
                          .dims = static_cast<std::uint32_t>(rows.cols),
                          .rows = static_cast<std::uint32_t>(rows.rows),
                          .nodes = static_cast<std::uint32_t>(equal.distinct().size()),
                          .entry = 0,
                          .longest = products ? vectors::longest_row(rows) : 0.0F,
                          .layout = options.layout});
  const GraphPoints points(rows, equal.distinct(), index.space_, index.rotation_, pool);
  BuiltGraph built = build_graph(points, equal, options.build, pool);
  index.blocks_ = std::move(built.blocks);
  if (options.layout == Layout::kCompact) {
    const auto fast = std::as_bytes(index.blocks_.span());
    index.blocks_ = compact_blocks({.layout = {points.dims()},
                                    .blocks = fast.data(),
                                    .size = points.size(),
                                    .entry = built.entry},
                                   pool);
  }
  index.codes_ = encode_rows(points, equal, pool);
  index.copies_.assign(equal.copies().begin(), equal.copies().end());
  index.parts_.parameters.entry = built.entry;
  index.parts_.blocks = std::as_bytes(index.blocks_.span());
  index.parts_.codes = {index.codes_.centre.span(), index.codes_.codes.span()};
  index.parts_.copies = index.copies_;
  index.graph_ = graph_of(index.parts_);
  index.parts_.recall = sample_recall(index, rows, pool);
  return index;
}

void GraphIndex::save(const Path& path, std::string_view key) const {
  check_all();
  write_graph(path, key, parts_, rows_);
}

GraphIndex GraphIndex::open(const Path& path, std::string_view key, MatrixView rows,
                            Residence residence) {
  const bool mapped = residence == Residence::kMapped;
  static constexpr std::array kLater = {kBlocksSection, kCodesSection, kChecksumsSection};
  SectionFile file =
      SectionFile::open(kGraphFormat, path, key, mapped ? kLater : std::span<const std::size_t>());
  const std::string name = concat(kGraphFormat.what, " ", quote(path.native()));
  GraphParts parts = within(name, [&] {
    GraphParts found = parse_graph(file.sections());
    if (!mapped) check_nodes(found);
    if (found.parameters.rows != rows.rows || found.parameters.dims != rows.cols) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("expected an index of ", rows.rows, " x ", rows.cols, ", found one of ",
                         found.parameters.rows, " x ", found.parameters.dims));
    }
    return found;
  });
  GraphIndex index(rows, parts.parameters);
  index.parts_ = std::move(parts);
  if (mapped) {
    index.checks_ = std::make_unique<GraphChecks>(name, std::move(file), index.parts_, rows);
  } else {
    index.blocks_ = copy_of(index.parts_.blocks);
    index.codes_ = copy_of(index.parts_.codes);
    index.copies_.assign(index.parts_.copies.begin(), index.parts_.copies.end());
    index.parts_.codes = {index.codes_.centre.span(), index.codes_.codes.span()};
    index.parts_.blocks = std::as_bytes(index.blocks_.span());
    index.parts_.copies = index.copies_;
    index.parts_.checksums = {};
  }
  index.graph_ = graph_of(index.parts_);
  index.graph_.checks = index.checks_.get();
  return index;
}

GraphSearcher::GraphSearcher(const GraphIndex& index)
    : index_(index),
      query_(index.graph_.layout.dims),
      walk_(index.graph_.size),
      mapped_(index.space_.dims()),
      rotated_(index.graph_.layout.dims) {}

std::vector<Neighbor> GraphSearcher::search(std::span<const float> query,
                                            const GraphSearch& options) {
  GraphSearch search = options;
  search.k = std::min(options.k, index_.size());
  return search_from(query, search, kNoNode);
}

std::vector<Neighbor> GraphSearcher::search_without(Node node, const GraphSearch& options) {
  index_.check_all();
  return search_from(index_.rows_.row(index_.graph_.block(node).tail().row), options, node);
}

void GraphSearcher::set(std::span<const float> query) {
  SEMEME_CHECK(query.size() == index_.dims());
  index_.space_.map_query(query, mapped_);
  index_.rotation_.rotate(mapped_, rotated_);
  query_.set(rotated_);
}

std::vector<Neighbor> GraphSearcher::search_from(std::span<const float> query,
                                                 const GraphSearch& options, Node without) {
  if (options.k == 0) return {};
  set(query);
  if (options.allowed != nullptr) return search_allowed(query, options);
  std::vector<Neighbor> nearest = exactly(query, walk(options, without), options);
  if (nearest.size() < options.k && without == kNoNode) {
    index_.check_all();
    return FlatIndex(index_.rows_, index_.metric()).search(query, options.k);
  }
  return nearest;
}

WalkLimits GraphSearcher::limits_of(const GraphSearch& options, double share) const {
  const Effort& effort = options.effort;
  const std::size_t mean = std::max(std::min(effort.visits, index_.graph_.size), options.k);
  const double visits = static_cast<double>(mean) / share;
  if (effort.slack == kAnyDistance) return {.places = static_cast<std::size_t>(visits)};
  const auto most = static_cast<std::size_t>(kMostOfMean * visits);
  return {.places = most,
          .visits = most,
          .slack = effort.slack,
          .results = std::max(options.k, kSampledResults.front()),
          .share = share};
}

// Again with a longer queue when one was full of estimates of too few nodes.
std::span<const Near> GraphSearcher::walk(const GraphSearch& options, Node without) {
  const std::size_t nodes = index_.graph_.size - (without == kNoNode ? 0 : 1);
  const std::size_t wanted = std::min(options.k, nodes);
  WalkLimits limits = limits_of(options, 1);
  std::span<const Near> found = walk_.run(index_.graph_, query_, limits, {}, without);
  while (found.size() < wanted && limits.places < kMostPlaces * options.k) {
    limits = {.places = 2 * limits.places};
    found = walk_.run(index_.graph_, query_, limits, {}, without);
  }
  return found;
}

std::vector<float> GraphSearcher::distances() const {
  std::vector<float> out;
  for (const Near& near : nearest_) out.push_back(near.distance);
  std::ranges::sort(out);
  return out;
}

std::vector<Neighbor> GraphSearcher::exactly(std::span<const float> query,
                                             std::span<const Near> found,
                                             const GraphSearch& options) {
  nearest_.assign(found.begin(), found.end());
  keep_nearest(nearest_, refined(options.k));
  std::vector<Neighbor> candidates;
  candidates.reserve(nearest_.size());
  for (const Near& near : nearest_) {
    const BlockTail& tail = index_.graph_.block(near.node).tail();
    kernels::prefetch_lines(index_.rows_.row(tail.row).data(), query.size_bytes());
    const std::size_t before = candidates.size();
    add_rows(tail, index_.parts_.copies, options, candidates);
    for (std::size_t c = before; c < candidates.size(); ++c) {
      index_.check_row(near.node, static_cast<std::uint32_t>(candidates[c].row));
    }
  }
  return refine(index_.rows_, index_.metric(), query, std::move(candidates), options.k);
}

}  // namespace sememe::index
