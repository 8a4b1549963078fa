// What the tests of the store share: small documents whose vectors follow from their text, and
// scratch directories.
#ifndef SEMEME_STORE_STORE_TESTING_H_
#define SEMEME_STORE_STORE_TESTING_H_

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/store.h"

namespace sememe::store {

inline const Identity kTestIdentity{"tiny", "fingerprint-1", 8, Precision::kNear, 3};

/// What Store::verify() gives.
using Faults = std::vector<std::string>;

/// EXPECT that `text` contains `part`.
#define EXPECT_HAS(text, part) EXPECT_PRED_FORMAT2(testing::IsSubstring, part, text)

/// A directory of its own for the running test, removed at the end.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = Path(testing::TempDir()) /
            concat("store_", info->test_suite_name(), "_", info->name(), "_", ::getpid());
    std::filesystem::remove_all(path_);
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const Path& path() const { return path_; }
  operator const Path&() const { return path_; }

 private:
  Path path_;
};

/// The vector of a text: any text has its own.
inline std::vector<float> vector_of(std::string_view text, std::size_t dim = kTestIdentity.dim) {
  std::uint64_t state = xxh3_64(std::as_bytes(std::span(text)));
  std::vector<float> vector(dim);
  for (float& value : vector) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(state >> 40) / 16777216.0f;
  }
  return vector;
}

inline std::string key_of(std::string_view text) { return xxh3_128_hex(text); }

/// Documents for one put; owns the vectors.
class Batch {
 public:
  explicit Batch(std::size_t dim = kTestIdentity.dim) : dim_(dim) {}
  Batch& add(const std::string& path, const std::vector<std::string>& texts) {
    std::string all;
    NewDocument document;
    for (const std::string& text : texts) {
      NewChunk chunk;
      chunk.row = {.bytes = {all.size(), all.size() + text.size()},
                   .line = document.chunks.size() + 1,
                   .end_line = document.chunks.size() + 1,
                   .heading = concat("heading of ", path),
                   .text = text,
                   .vector_key = key_of(text)};
      vectors_.push_back(std::make_unique<std::vector<float>>(vector_of(text, dim_)));
      chunk.vector = *vectors_.back();
      document.chunks.push_back(std::move(chunk));
      all += text;
    }
    document.row = {path, key_of(all), all.size(), 1000};
    documents_.push_back(std::move(document));
    return *this;
  }
  std::vector<NewDocument>& documents() { return documents_; }
  operator std::span<const NewDocument>() const { return documents_; }

 private:
  std::size_t dim_;
  std::vector<NewDocument> documents_;
  std::vector<std::unique_ptr<std::vector<float>>> vectors_;
};

/// Path -> texts of its chunks in order.
using Contents = std::map<std::string, std::vector<std::string>>;

/// What live_vectors() and chunk() give; expects each vector to be that of its text.
inline Contents contents_of(const Store& store) {
  Contents contents;
  for (const DocumentRow& document : store.documents()) contents[document.path];
  const LiveVectors live = store.live_vectors();
  for (std::size_t i = 0; i < live.chunk_ids.size(); ++i) {
    const StoredChunk chunk = store.chunk(live.chunk_ids[i]);
    const auto row = live.vectors.row(static_cast<std::size_t>(live.rows[i]));
    EXPECT_EQ(std::vector<float>(row.begin(), row.end()),
              vector_of(chunk.row.text, store.identity().dim))
        << "chunk " << chunk.row.text;
    contents[chunk.path].push_back(chunk.row.text);
  }
  return contents;
}

inline Store writer(const Path& directory) {
  return Store::open_for_writing(directory, kTestIdentity);
}

/// What stands for a segment in the tests of the store: a file that holds its key.
inline void write_key(const Segment& segment) { write_file_atomic(segment.path, segment.key); }

/// EXPECT that the store's segment, if it has one, is whole, and belongs to its vectors.
inline void expect_whole_segment(const Store& store) {
  const std::optional<Segment> segment = store.segment();
  if (!segment) return;
  EXPECT_EQ(read_file(segment->path), segment->key);
  EXPECT_LE(segment->rows, store.live_vectors().vectors.rows);
}

/// The code and the text of the Error that `body` throws; fails without one.
template <class Body>
std::string error_text(ErrorCode code, const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "expected an Error";
  return {};
}

/// Runs SQL on the database as a stranger could, beside all rules of the store.
inline void tamper(const Path& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
      << message;
  sqlite3_close(connection);
}

inline void restore_all(Store& store) {
  const std::vector<StoredChunk> lost = store.chunks_without_vector();
  std::vector<std::string> keys;
  Matrix vectors(lost.size(), store.identity().dim);
  for (std::size_t i = 0; i < lost.size(); ++i) {
    keys.push_back(lost[i].row.vector_key);
    const std::vector<float> vector = vector_of(lost[i].row.text, store.identity().dim);
    std::copy(vector.begin(), vector.end(), vectors.row(i).begin());
  }
  store.restore_vectors(keys, vectors.view());
}

}  // namespace sememe::store

#endif  // SEMEME_STORE_STORE_TESTING_H_
