#include "search/nearest_chunks.h"

#include <utility>

#include "base/error_context.h"

namespace sememe {

NearestChunks::Result NearestChunks::find(std::span<const float> query, std::size_t k,
                                          double recall) {
  if (recall < 1) {
    if (std::optional<Result> found = find_sealed(query, k, recall)) return std::move(*found);
  }
  if (!live_ || live_->commit() != store_.commit()) live_ = std::make_unique<LiveRows>(store_);
  return {.commit = live_->commit(),
          .exact = true,
          .notice = recall < 1 && looked_at_ == live_->commit() ? notice_ : "",
          .chunks = live_->nearest(query, k)};
}

// Nothing where every vector is to be compared.
std::optional<NearestChunks::Result> NearestChunks::find_sealed(std::span<const float> query,
                                                                std::size_t k, double recall) {
  while (true) {
    open_sealed();
    if (!sealed_ || !sealed_->is_worth_a_walk(k, recall)) return std::nullopt;
    const std::uint64_t commit = sealed_->commit();
    try {
      std::optional<std::vector<FoundChunk>> chunks = sealed_->nearest(store_, query, k, recall);
      if (chunks) return Result{commit, false, "", std::move(*chunks)};
    } catch (const Error& error) {
      leave_out(commit, error.what());
    }
    if (store_.commit() == commit) return std::nullopt;
  }
}

void NearestChunks::open_sealed() {
  while (looked_at_ != store_.commit()) {
    looked_at_.reset();
    sealed_.reset();
    const std::uint64_t commit = store_.commit();
    try {
      std::optional<store::SealedVectors> vectors = store_.sealed_vectors();
      const std::uint64_t found = vectors ? vectors->commit : commit;
      if (vectors) sealed_ = std::make_unique<SealedRows>(std::move(*vectors), metric_);
      looked_at_ = found;
      notice_.clear();
    } catch (const Error& error) {
      // A writer that seals or compacts removes the file of the commit before.
      if (store_.commit() == commit) leave_out(commit, error.what());
    }
  }
}

void NearestChunks::leave_out(std::uint64_t commit, std::string_view why) {
  sealed_.reset();
  looked_at_ = commit;
  notice_ = concat(why, "; every vector is compared instead; \"sememe index\" makes it again");
}

}  // namespace sememe
