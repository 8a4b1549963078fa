#include "index/graph_builder.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "base/error_context.h"
#include "index/graph_connect.h"
#include "index/graph_prune.h"
#include "index/graph_walk.h"
#include "index/reverse_edges.h"

namespace sememe::index {
namespace {

constexpr std::size_t kBlock = 256;
// Reverse edges that are looked at, the nearest: a node in the middle of everything has 90,000.
constexpr std::size_t kMostReverse = 200;

void sort_unique(std::vector<Near>& candidates) {
  std::ranges::sort(candidates);
  candidates.erase(std::ranges::unique(candidates, {}, &Near::node).begin(), candidates.end());
}

class Builder {
 public:
  Builder(const GraphPoints& points, const EqualRows& rows, const BuildOptions& options,
          ThreadPool& pool)
      : points_(points),
        rows_(rows),
        options_(options),
        pool_(pool),
        layout_{points.dims()},
        blocks_(kernels::AlignedBytes::uninitialized(points.size() * layout_.bytes())) {
    for (std::size_t w = 0; w < pool.size(); ++w) {
      workers_.emplace_back(points, points.size());
    }
  }

  BuiltGraph build() {
    step("near nodes", 0);
    Adjacency edges = from_partition();
    const Node entry = medoid(points_, pool_);
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      step("refining", 0.15 + 0.85 * static_cast<double>(round) / rounds());
      encode(edges);
      const GraphView graph = {.layout = layout_,
                               .blocks = reinterpret_cast<const std::byte*>(blocks_.data()),
                               .size = points_.size(),
                               .entry = entry};
      edges = with_reverses(searched(graph, edges, round), Room::kFill);
    }
    connect(edges, entry, points_);
    encode(edges);
    step("refining", 1);
    return {entry, std::move(blocks_)};
  }

 private:
  // One thread's memory.
  struct Worker {
    Worker(const GraphPoints& points, std::size_t nodes)
        : walk(nodes), query(points.dims()), chooser(points, kDegree) {}
    GraphWalk walk;
    GraphQuery query;
    EdgeChooser<GraphPoints> chooser;
    std::vector<Near> candidates;
  };

  double rounds() const { return static_cast<double>(std::max<std::size_t>(1, options_.rounds)); }

  void step(std::string_view name, double part) {
    if (!options_.progress) return;
    const std::lock_guard lock(progress_mutex_);
    options_.progress(name, part);
  }

  template <class Body>
  void for_all_nodes(const Body& body) {
    const std::size_t blocks = (points_.size() + kBlock - 1) / kBlock;
    pool_.parallel_for(blocks, [&](std::size_t b, std::size_t worker) {
      const std::size_t end = std::min(points_.size(), (b + 1) * kBlock);
      for (std::size_t p = b * kBlock; p < end; ++p) {
        body(static_cast<Node>(p), workers_[worker]);
      }
    });
  }

  Adjacency from_partition() {
    const NearLists lists = near_by_partition(points_, options_.partition, pool_);
    Adjacency edges(points_.size());
    for_all_nodes([&](Node p, Worker& worker) {
      edges.set(p, worker.chooser.choose(lists.of(p), Room::kLeave));
    });
    return with_reverses(edges, options_.rounds == 0 ? Room::kFill : Room::kLeave);
  }

  // New edges from what a search for each node visits.
  Adjacency searched(const GraphView& graph, const Adjacency& old, std::size_t round) {
    const bool last = round + 1 == options_.rounds;
    const std::size_t effort = last ? options_.effort : (2 * options_.effort + 2) / 3;
    Adjacency edges(points_.size());
    std::atomic<std::size_t> done = 0;
    for_all_nodes([&](Node p, Worker& worker) {
      worker.query.set(points_.rotated(p));
      worker.candidates.clear();
      for (const Near& near : worker.walk.run(graph, worker.query, {.places = effort})) {
        if (near.node != p) worker.candidates.push_back(near);
      }
      for (const Near& near : old.of(p)) {
        if (!worker.walk.visited(near.node)) worker.candidates.push_back(near);
      }
      sort_unique(worker.candidates);
      edges.set(p, worker.chooser.choose(worker.candidates, Room::kFill));
      const std::size_t count = done.fetch_add(1, std::memory_order_relaxed) + 1;
      if (count % 8192 == 0) {
        const double part = static_cast<double>(count) / static_cast<double>(points_.size());
        step("refining", 0.15 + 0.85 * (static_cast<double>(round) + part) / rounds());
      }
    });
    return edges;
  }

  // Chooses once more, among edges and the nearest of those that lead here.
  Adjacency with_reverses(const Adjacency& edges, Room room) {
    const ReverseEdges reverses(edges);
    Adjacency joined(points_.size());
    for_all_nodes([&](Node p, Worker& worker) {
      const std::span<const Near> into = reverses.into(p);
      worker.candidates.assign(into.begin(), into.end());
      if (into.size() > kMostReverse) {
        std::ranges::nth_element(worker.candidates, worker.candidates.begin() + kMostReverse);
        worker.candidates.resize(kMostReverse);
      }
      const std::span<const Near> own = edges.of(p);
      worker.candidates.insert(worker.candidates.end(), own.begin(), own.end());
      sort_unique(worker.candidates);
      joined.set(p, worker.chooser.choose(worker.candidates, room));
    });
    return joined;
  }

  void encode(const Adjacency& edges) {
    const std::span<std::byte> all = std::as_writable_bytes(blocks_.span());
    for_all_nodes([&](Node p, Worker&) {
      encode_block(points_, p, edges.of(p), rows_.distinct()[p], rows_.places()[p],
                   all.subspan(p * layout_.bytes(), layout_.bytes()));
    });
  }

  const GraphPoints& points_;
  const EqualRows& rows_;
  const BuildOptions& options_;
  ThreadPool& pool_;
  BlockLayout layout_;
  kernels::AlignedBytes blocks_;
  std::vector<Worker> workers_;
  std::mutex progress_mutex_;
};

}  // namespace

void Adjacency::set(Node p, std::span<const Near> edges) {
  SEMEME_CHECK(edges.size() <= kDegree);
  std::ranges::copy(edges, edges_.data() + std::size_t{p} * kDegree);
  counts_[p] = static_cast<std::uint8_t>(edges.size());
}

void Adjacency::add(Node p, const Near& edge) {
  SEMEME_CHECK(counts_[p] < kDegree);
  ++counts_[p];
  of(p).back() = edge;
}

BuiltGraph build_graph(const GraphPoints& points, const EqualRows& rows,
                       const BuildOptions& options, ThreadPool& pool) {
  return Builder(points, rows, options, pool).build();
}

}  // namespace sememe::index
