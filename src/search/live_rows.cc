#include "search/live_rows.h"

#include "index/flat_index.h"

namespace sememe {

// Sorted by counting: chunks come in ascending order, and stay so within a row.
LiveRows::LiveRows(const store::Store& store)
    : live_(store.live_vectors()),
      first_chunk_(live_.vectors.rows + 1, 0),
      chunks_(live_.chunk_ids.size()),
      used_(live_.vectors.rows) {
  for (const store::VectorRow row : live_.rows) ++first_chunk_[static_cast<std::size_t>(row) + 1];
  for (std::size_t r = 0; r < live_.vectors.rows; ++r) {
    if (first_chunk_[r + 1] > 0) used_.insert(r);
    first_chunk_[r + 1] += first_chunk_[r];
  }
  std::vector<std::size_t> next(first_chunk_.begin(), first_chunk_.end() - 1);
  for (std::size_t i = 0; i < live_.rows.size(); ++i) {
    chunks_[next[static_cast<std::size_t>(live_.rows[i])]++] = live_.chunk_ids[i];
  }
}

std::vector<FoundChunk> LiveRows::nearest(std::span<const float> query, std::size_t k) const {
  std::vector<FoundChunk> out;
  for (const index::Neighbor& near : index::FlatIndex(live_.vectors).search(query, k, used_)) {
    for (std::size_t c = first_chunk_[near.row]; c < first_chunk_[near.row + 1]; ++c) {
      out.push_back({chunks_[c], near.similarity});
    }
  }
  return out;
}

}  // namespace sememe
