// Which texts go through the model together.
#ifndef SEMEME_SEARCH_BATCHING_H_
#define SEMEME_SEARCH_BATCHING_H_

#include <cstddef>
#include <span>
#include <vector>

namespace sememe {

/// Splits texts into batches for `threads` threads, longest texts first: as many batches for each
/// thread, of about as many tokens, 256 to 1024 (a longer text is a batch of its own), so that
/// threads finish together and weights are not read too often. Returns positions in `lengths`; each
/// stands in exactly one batch, none is empty. The split changes speed only: vectors do not depend
/// on it.
std::vector<std::vector<std::size_t>> plan_batches(std::span<const std::size_t> lengths,
                                                   std::size_t threads);

}  // namespace sememe

#endif  // SEMEME_SEARCH_BATCHING_H_
