#include "index/graph_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "index/index_testing.h"
#include "vectors/products.h"

namespace sememe::index {
namespace {

std::vector<std::uint32_t> every_second(std::size_t rows) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t r = 0; r < rows; r += 2) out.push_back(r);
  return out;
}

double mean_product_of_next(MatrixView rows, std::span<const std::uint32_t> order) {
  double sum = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto a = rows.row(order[i - 1]);
    sum += std::inner_product(a.begin(), a.end(), rows.row(order[i]).begin(), 0.0);
  }
  return sum / static_cast<double>(order.size() - 1);
}

TEST(GraphOrder, PutsNearRowsTogetherForAnyNumberOfThreads) {
  Matrix rows = unit_clustered_rows(18000, 16, 1);
  rows.row(44)[3] = std::numeric_limits<float>::quiet_NaN();  // for others to refuse
  const std::vector<std::uint32_t> chosen = every_second(rows.rows);
  ThreadPool one(1);
  ThreadPool three(3);
  for (const auto metric :
       {vectors::Metric::kCosine, vectors::Metric::kInnerProduct, vectors::Metric::kL2}) {
    const auto order = order_near_together(rows.view(), chosen, metric, one);
    EXPECT_EQ(order, order_near_together(rows.view(), chosen, metric, three));
    std::vector<std::uint32_t> sorted = order;
    std::ranges::sort(sorted);
    EXPECT_EQ(sorted, chosen);
  }
  rows.row(44)[3] = 0;
  const auto order = order_near_together(rows.view(), chosen, vectors::Metric::kCosine, three);
  EXPECT_GT(mean_product_of_next(rows.view(), order),
            mean_product_of_next(rows.view(), chosen) + 0.3);
}

TEST(GraphOrder, LeavesFewAsTheyAre) {
  const Matrix rows = unit_clustered_rows(1000, 16, 1);
  ThreadPool pool(1);
  const std::vector<std::uint32_t> chosen = every_second(rows.rows);
  EXPECT_EQ(order_near_together(rows.view(), chosen, vectors::Metric::kL2, pool), chosen);
}

}  // namespace
}  // namespace sememe::index
