// What the tests of sealed collections share: stores of unit vectors that no model made.
#ifndef SEMEME_SEARCH_SEALED_TESTING_H_
#define SEMEME_SEARCH_SEALED_TESTING_H_

#include <string>
#include <vector>

#include "index/index_testing.h"
#include "search/sealing.h"
#include "store/store_testing.h"
#include "vectors/metric.h"

namespace sememe {

inline const store::Identity kUnitIdentity{"none", "fingerprint", 32};

inline Matrix unit_rows(std::size_t rows, std::uint64_t seed) {
  return index::unit_clustered_rows(rows, kUnitIdentity.dim, seed);
}

/// Puts a document with a chunk a row, in one commit.
inline void put_rows(store::Store& store, const std::string& path, MatrixView rows) {
  store::NewDocument document;
  document.row = {path, "hash", 1 << 20, 1};
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const std::string text = concat(path, " ", r);
    document.chunks.push_back({.row = {.bytes = {r, r + 1},
                                       .line = r + 1,
                                       .end_line = r + 1,
                                       .heading = "",
                                       .text = text,
                                       .vector_key = store::key_of(text)},
                               .vector = rows.row(r)});
  }
  store.put({&document, 1});
}

inline store::Store unit_writer(const Path& directory) {
  return store::Store::open_for_writing(directory, kUnitIdentity);
}

/// Seals whatever there is.
inline SealReport seal_rows(store::Store& store) {
  return sealing::seal_if_worthwhile(store, vectors::Metric::kCosine, 1,
                                     {.min_vectors = 1, .progress = {}});
}

/// Changes a byte.
inline void damage(const Path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  ASSERT_TRUE(file.good());
}

}  // namespace sememe

#endif  // SEMEME_SEARCH_SEALED_TESTING_H_
