#include "index/graph_points.h"

#include "base/error_context.h"

namespace sememe::index {
namespace {

constexpr std::size_t kBlock = 1024;

std::size_t block_count(std::size_t n) { return (n + kBlock - 1) / kBlock; }

double squared_distance_to(std::span<const float> x, std::span<const double> mean) {
  double sum = 0;
  for (std::size_t d = 0; d < x.size(); ++d) {
    const double difference = x[d] - mean[d];
    sum += difference * difference;
  }
  return sum;
}

}  // namespace

GraphPoints::GraphPoints(MatrixView rows, std::span<const std::uint32_t> chosen,
                         const vectors::MetricSpace& space, const vectors::Rotation& rotation,
                         ThreadPool& pool)
    : dims_(rotation.rotated_dims()),
      rotated_(kernels::AlignedFloats::uninitialized(chosen.size() * dims_)),
      codes_(kernels::AlignedArray<std::int8_t>::uninitialized(chosen.size() * dims_)),
      scales_(chosen.size()) {
  SEMEME_CHECK(chosen.size() < kNoNode && rotation.dims() == space.dims());
  pool.parallel_for(block_count(chosen.size()), [&](std::size_t b, std::size_t) {
    std::vector<float> mapped(space.dims());
    const std::size_t end = std::min(chosen.size(), (b + 1) * kBlock);
    for (std::size_t p = b * kBlock; p < end; ++p) {
      const std::span<float> rotated = rotated_.span().subspan(p * dims_, dims_);
      within(concat("row ", chosen[p]), [&] {
        space.map_row(rows.row(chosen[p]), mapped);
        rotation.rotate(mapped, rotated);
        scales_[p] = vectors::encode_bytes(rotated, codes_.span().subspan(p * dims_, dims_));
      });
    }
  });
}

// Sums of each block of nodes, then of the blocks: an order that threads do not change.
std::vector<double> mean_of(const GraphPoints& points, ThreadPool& pool) {
  std::vector<std::vector<double>> sums(block_count(points.size()));
  pool.parallel_for(sums.size(), [&](std::size_t b, std::size_t) {
    sums[b].assign(points.dims(), 0.0);
    const std::size_t end = std::min(points.size(), (b + 1) * kBlock);
    for (std::size_t p = b * kBlock; p < end; ++p) {
      const std::span<const float> x = points.rotated(static_cast<Node>(p));
      for (std::size_t d = 0; d < x.size(); ++d) sums[b][d] += x[d];
    }
  });
  std::vector<double> mean(points.dims(), 0.0);
  for (const std::vector<double>& sum : sums) {
    for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += sum[d];
  }
  for (double& m : mean) m /= static_cast<double>(points.size());
  return mean;
}

Node medoid(const GraphPoints& points, ThreadPool& pool) {
  if (points.size() == 0) return 0;
  const std::vector<double> mean = mean_of(points, pool);
  std::vector<std::pair<double, Node>> best(block_count(points.size()));
  pool.parallel_for(best.size(), [&](std::size_t b, std::size_t) {
    const std::size_t end = std::min(points.size(), (b + 1) * kBlock);
    for (std::size_t i = b * kBlock; i < end; ++i) {
      const Node p = static_cast<Node>(i);
      const double distance = squared_distance_to(points.rotated(p), mean);
      if (i == b * kBlock || distance < best[b].first) best[b] = {distance, p};
    }
  });
  return std::ranges::min(best).second;
}

}  // namespace sememe::index
