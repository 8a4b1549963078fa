#include "search/batching.h"

#include <algorithm>
#include <numeric>

namespace sememe {
namespace {

// Large enough that packed weights are read rarely per token, small enough that a batch's ids and
// vectors stay in cache.
constexpr std::size_t kMostTokens = 2048;
// Groups of texts in the encoder are about this large.
constexpr std::size_t kLeastTokens = 256;

}  // namespace

std::vector<std::vector<std::size_t>> plan_batches(std::span<const std::size_t> lengths,
                                                   std::size_t token_budget) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return lengths[i]; });
  std::vector<std::vector<std::size_t>> batches;
  std::size_t used = 0;
  for (const std::size_t i : order) {
    if (batches.empty() || used + lengths[i] > token_budget) {
      batches.emplace_back();
      used = 0;
    }
    batches.back().push_back(i);
    used += lengths[i];
  }
  return batches;
}

std::size_t batch_budget(std::span<const std::size_t> lengths, std::size_t threads) {
  const std::size_t total = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  return std::clamp((total + threads - 1) / threads, kLeastTokens, kMostTokens);
}

}  // namespace sememe
