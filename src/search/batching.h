// Which texts go through the model together.
#ifndef SEMEME_SEARCH_BATCHING_H_
#define SEMEME_SEARCH_BATCHING_H_

#include <cstddef>
#include <span>
#include <vector>

namespace sememe {

/// Splits texts into batches of at most `token_budget` tokens each (a longer text is a batch of its
/// own), longest texts first, so that the last batches are the small ones and threads finish
/// together. Returns positions in `lengths`; each stands in exactly one batch. The split changes
/// speed only: vectors do not depend on it.
std::vector<std::vector<std::size_t>> plan_batches(std::span<const std::size_t> lengths,
                                                   std::size_t token_budget);

/// The budget for plan_batches that gives each of `threads` threads its share of the tokens: at
/// most what streams the weights rarely enough, at least what a group of texts in the encoder
/// holds, below which splitting costs speed.
std::size_t batch_budget(std::span<const std::size_t> lengths, std::size_t threads);

}  // namespace sememe

#endif  // SEMEME_SEARCH_BATCHING_H_
