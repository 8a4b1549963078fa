#include "index/graph_partition.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "index/best_rows.h"
#include "index/group_products.h"

namespace sememe::index {
namespace {

using Group = std::vector<Node>;  // ascending

constexpr std::size_t kMostLeaders = 1024;
constexpr std::size_t kFewestLeaders = 4;

class Partition {
 public:
  Partition(const GraphPoints& points, const PartitionOptions& options, ThreadPool& pool)
      : points_(points), options_(options), pool_(pool), scratch_(pool.size()) {}

  std::vector<Group> groups() {
    Group all(points_.size());
    std::iota(all.begin(), all.end(), Node{0});
    std::vector<Group> waiting;
    waiting.push_back(std::move(all));
    std::vector<Group> done;
    while (!waiting.empty()) {
      Group group = std::move(waiting.back());
      waiting.pop_back();
      if (group.size() <= options_.group_size) {
        done.push_back(std::move(group));
      } else {
        split(group, waiting, done);
      }
    }
    return done;
  }

  void join_neighbors(const Group& group, std::size_t worker, NearLists& lists) {
    const GroupProducts products(points_, group);
    std::vector<Near> found;
    for (std::size_t begin = 0; begin < group.size(); begin += GroupProducts::kRows) {
      const auto nodes =
          std::span(group).subspan(begin, std::min(GroupProducts::kRows, group.size() - begin));
      const MatrixView closeness = products.closeness(nodes, scratch_[worker]);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        BestRows best(options_.kept + 1);  // the node itself is among them
        best.offer_all(0, closeness.row(i), nullptr);
        found.clear();
        const float square = points_.scale(nodes[i]).square;
        for (const Neighbor& n : best.take()) {
          const Near near = {std::max(0.0F, square - 2.0F * n.similarity), group[n.row]};
          if (near.node != nodes[i]) found.push_back(near);
        }
        std::ranges::sort(found);
        lists.join(nodes[i], found);
      }
    }
  }

 private:
  // Splits around leaders; small groups are put together.
  void split(const Group& group, std::vector<Group>& waiting, std::vector<Group>& done) {
    const bool whole = group.size() == points_.size();
    std::vector<Group> parts = parts_of(group, whole ? options_.overlap : 1);
    Group small;
    for (Group& part : parts) {
      // Rows that are all alike stay together: cut them anywhere.
      if (part.size() == group.size()) {
        const auto middle = part.begin() + static_cast<std::ptrdiff_t>(part.size() / 2);
        waiting.emplace_back(part.begin(), middle);
        waiting.emplace_back(middle, part.end());
      } else if (part.size() >= options_.group_size / 4) {
        waiting.push_back(std::move(part));
      } else {
        small.insert(small.end(), part.begin(), part.end());
        if (small.size() >= options_.group_size / 2) add_small(small, done);
      }
    }
    add_small(small, done);
  }

  static void add_small(Group& small, std::vector<Group>& done) {
    std::ranges::sort(small);
    small.erase(std::ranges::unique(small).begin(), small.end());
    if (small.size() > 1) done.push_back(std::move(small));
    small.clear();
  }

  Group leaders_of(const Group& group) {
    const std::size_t wanted = 2 * group.size() / options_.group_size;
    const std::size_t count = std::clamp(wanted, kFewestLeaders, kMostLeaders);
    Random random(options_.seed, group.size() * 0x100000001U + group.front());
    Group leaders = group;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t left = group.size() - i;
      std::swap(leaders[i], leaders[i + random.below(static_cast<std::uint32_t>(left))]);
    }
    leaders.resize(count);
    std::ranges::sort(leaders);
    return leaders;
  }

  // Each node in the groups of its nearest `overlap` leaders.
  std::vector<Group> parts_of(const Group& group, std::size_t overlap) {
    const Group leaders = leaders_of(group);
    const GroupProducts products(points_, leaders);
    const std::size_t used = std::min(overlap, leaders.size());
    std::vector<std::uint32_t> nearest(group.size() * used);
    const std::size_t blocks = (group.size() + GroupProducts::kRows - 1) / GroupProducts::kRows;
    pool_.parallel_for(blocks, [&](std::size_t b, std::size_t worker) {
      const std::size_t begin = b * GroupProducts::kRows;
      const auto nodes =
          std::span(group).subspan(begin, std::min(GroupProducts::kRows, group.size() - begin));
      const MatrixView closeness = products.closeness(nodes, scratch_[worker]);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        BestRows best(used);
        best.offer_all(0, closeness.row(i), nullptr);
        const std::vector<Neighbor> taken = best.take();
        for (std::size_t u = 0; u < used; ++u) {
          nearest[(begin + i) * used + u] = static_cast<std::uint32_t>(taken[u].row);
        }
      }
    });
    std::vector<Group> parts(leaders.size());
    for (std::size_t i = 0; i < nearest.size(); ++i) parts[nearest[i]].push_back(group[i / used]);
    return parts;
  }

  const GraphPoints& points_;
  const PartitionOptions& options_;
  ThreadPool& pool_;
  std::vector<GroupProducts::Scratch> scratch_;
};

}  // namespace

NearLists near_by_partition(const GraphPoints& points, const PartitionOptions& options,
                            ThreadPool& pool) {
  NearLists lists(points.size(), options.kept);
  Partition partition(points, options, pool);
  const std::vector<Group> groups = partition.groups();
  pool.parallel_for(groups.size(), [&](std::size_t g, std::size_t worker) {
    partition.join_neighbors(groups[g], worker, lists);
  });
  return lists;
}

}  // namespace sememe::index
