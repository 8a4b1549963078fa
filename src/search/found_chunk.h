// What a search over vectors finds.
#ifndef SEMEME_SEARCH_FOUND_CHUNK_H_
#define SEMEME_SEARCH_FOUND_CHUNK_H_

#include "sememe/types.h"

namespace sememe {

struct FoundChunk {
  ChunkId chunk{};
  float similarity = 0;
  friend bool operator==(const FoundChunk&, const FoundChunk&) = default;
};

}  // namespace sememe

#endif  // SEMEME_SEARCH_FOUND_CHUNK_H_
