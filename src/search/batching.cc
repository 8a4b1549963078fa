#include "search/batching.h"

#include <algorithm>
#include <numeric>

namespace sememe {
namespace {

// Two groups of texts in the encoder, which reads its weights once for a group; small enough that
// threads finish together.
constexpr std::size_t kMostTokens = 1024;
// Below this, reading the weights costs more than another thread saves.
constexpr std::size_t kLeastTokens = 256;

// A whole number of rounds of all threads, or fewer batches than threads.
std::size_t batch_count(std::size_t tokens, std::size_t threads) {
  const std::size_t round = threads * kMostTokens;
  const std::size_t rounds = std::max<std::size_t>((tokens + round - 1) / round, 1);
  return std::clamp<std::size_t>(tokens / kLeastTokens, 1, threads * rounds);
}

}  // namespace

std::vector<std::vector<std::size_t>> plan_batches(std::span<const std::size_t> lengths,
                                                   std::size_t threads) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return lengths[i]; });
  std::size_t left = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  const std::size_t count = batch_count(left, threads);
  std::vector<std::vector<std::size_t>> batches;
  std::size_t used = 0;
  std::size_t share = 0;  // of what is left, for each batch that is left
  for (const std::size_t i : order) {
    if (batches.empty() || (used + lengths[i] / 2 > share && batches.size() < count)) {
      left -= used;
      used = 0;
      share = left / (count - batches.size());
      batches.emplace_back();
    }
    batches.back().push_back(i);
    used += lengths[i];
  }
  return batches;
}

}  // namespace sememe
