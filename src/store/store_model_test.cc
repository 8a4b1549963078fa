// Random operations, compared after each with a std::map that does the same.
#include <gtest/gtest.h>

#include <random>

#include "store/store.h"
#include "store/store_testing.h"

namespace sememe::store {
namespace {

class ModelRun {
 public:
  explicit ModelRun(std::uint32_t seed) : random_(seed), store_(writer(directory_)) {}

  void step() {
    const std::uint32_t choice = pick(100);
    if (choice < 55) {
      put();
    } else if (choice < 70) {
      remove();
    } else if (choice < 80) {
      touch();
    } else if (choice < 85) {
      store_->compact();
    } else if (choice < 90) {
      seal();
    } else if (choice < 95) {
      store_.reset();
      store_ = writer(directory_);
    } else {
      damage();
    }
  }

  void expect_equal() {
    EXPECT_EQ(contents_of(*store_), contents_);
    std::map<std::string, std::int64_t> times;
    for (const DocumentRow& row : store_->documents()) times[row.path] = row.mtime_ns;
    EXPECT_EQ(times, times_);
    EXPECT_EQ(store_->counts().documents, contents_.size());
    expect_whole_segment(*store_);
  }

  void expect_sound() {
    EXPECT_EQ(Store::verify(directory_), Faults{});
    EXPECT_EQ(contents_of(Store::open(directory_)), contents_);
  }

 private:
  std::uint32_t pick(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }
  std::string any_path() { return concat("path ", pick(12)); }

  void put() {
    Batch batch;
    std::map<std::string, std::vector<std::string>> wanted;
    for (std::uint32_t i = 0; i <= pick(3); ++i) {
      std::vector<std::string>& texts = wanted[any_path()];
      texts.clear();
      // Few texts, so that keys meet within a write, across documents and over time.
      for (std::uint32_t j = 0; j < pick(6); ++j) texts.push_back(concat("text ", pick(40)));
    }
    for (const auto& [path, texts] : wanted) batch.add(path, texts);
    for (NewDocument& document : batch.documents()) {
      for (NewChunk& chunk : document.chunks) {
        if (store_->has_vector(chunk.row.vector_key) && pick(2) == 0) chunk.vector = {};
      }
    }
    store_->put(batch);
    for (const auto& [path, texts] : wanted) {
      contents_[path] = texts;
      times_[path] = 1000;
    }
  }

  void remove() {
    const std::vector<std::string> paths{any_path(), any_path()};
    store_->remove(paths);
    for (const std::string& path : paths) {
      contents_.erase(path);
      times_.erase(path);
    }
  }

  void touch() {
    std::vector<DocumentRow> rows = store_->documents();
    if (rows.empty()) return;
    DocumentRow& row = rows[pick(static_cast<std::uint32_t>(rows.size()))];
    row.mtime_ns = pick(100000);
    store_->touch(std::span(&row, 1));
    times_[row.path] = row.mtime_ns;
  }

  void seal() {
    const std::size_t rows = store_->live_vectors().vectors.rows;
    if (rows > 0) store_->seal(rows, write_key);
  }

  void damage() {
    store_.reset();
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      if (entry.path().extension() != ".f32" || entry.file_size() <= 64) continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(pick(static_cast<std::uint32_t>(entry.file_size())));
      file.put(static_cast<char>(pick(256)));
    }
    store_ = writer(directory_);
    restore_all(*store_);
  }

  std::mt19937 random_;
  ScratchDirectory directory_;
  std::optional<Store> store_;
  Contents contents_;
  std::map<std::string, std::int64_t> times_;
};

TEST(StoreModel, AgreesWithAMapOverRandomOperations) {
  const char* chosen = std::getenv("SEMEME_TEST_SEED");
  const auto first = static_cast<std::uint32_t>(chosen != nullptr ? std::atoi(chosen) : 1);
  for (std::uint32_t seed = first; seed < first + 4; ++seed) {
    SCOPED_TRACE(concat("SEMEME_TEST_SEED=", seed));
    ModelRun run(seed);
    for (int i = 0; i < 150; ++i) {
      run.step();
      run.expect_equal();
      if (i % 25 == 24) run.expect_sound();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sememe::store
