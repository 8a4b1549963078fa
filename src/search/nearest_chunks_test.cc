#include "search/nearest_chunks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "index/flat_index.h"
#include "search/sealed_testing.h"
#include "store/vector_file.h"

namespace sememe {
namespace {

using index::Neighbor;
using store::ScratchDirectory;
using store::Store;
using vectors::Metric;

// Where each chunk has a row of its own and the first row is that of chunk 1.
std::vector<Neighbor> rows_of(const NearestChunks::Result& result) {
  std::vector<Neighbor> out;
  for (const FoundChunk& one : result.chunks) {
    out.push_back({static_cast<std::size_t>(one.chunk) - 1, one.similarity});
  }
  return out;
}

TEST(NearestChunks, FindsWhatComparingEveryRowFinds) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix first = unit_rows(3000, 1);
  const Matrix second = unit_rows(300, 2);
  put_rows(store, "first", first.view());
  EXPECT_EQ(seal_rows(store).sealed, 3000U);
  put_rows(store, "second", second.view());

  NearestChunks nearest(store, Metric::kCosine);
  Matrix all(3300, first.cols);
  std::ranges::copy(first.values, all.values.begin());
  std::ranges::copy(second.values, all.row(3000).begin());
  const Matrix queries = unit_rows(50, 3);
  const index::FlatIndex flat(all.view());
  const double recall = index::recall_of(
      all.view(), Metric::kInnerProduct, queries.view(), 10, [&](std::span<const float> query) {
        const NearestChunks::Result result = nearest.find(query, 10, 0.99);
        EXPECT_EQ(result.commit, 3U);
        EXPECT_EQ(result.notice, "");
        EXPECT_FALSE(result.exact);
        std::vector<Neighbor> found = rows_of(result);
        EXPECT_EQ(found.size(), 10U);
        EXPECT_TRUE(std::ranges::is_sorted(found, index::ranks_before));
        const NearestChunks::Result exact = nearest.find(query, 10, 1);
        EXPECT_TRUE(exact.exact);
        EXPECT_EQ(rows_of(exact), flat.search(query, 10));
        return found;
      });
  EXPECT_GE(recall, 0.97);
  // Each row finds itself first, whether it is sealed or came later, with the same similarity.
  for (const std::size_t row : {0U, 1234U, 2999U, 3000U, 3299U}) {
    EXPECT_EQ(rows_of(nearest.find(all.row(row), 1, 0.99)), flat.search(all.row(row), 1)) << row;
  }
}

TEST(NearestChunks, GivesAllChunksOfARow) {
  for (const bool sealed : {false, true}) {
    const ScratchDirectory directory;
    Store store = unit_writer(directory);
    const Matrix rows = unit_rows(400, 1);
    put_rows(store, "a", rows.view());
    store::NewDocument copy{{"b", "hash", 9, 1}, {}};
    copy.chunks.push_back({{{0, 1}, 1, 1, "", "copy", store::key_of("a 2")}, {}});
    store.put({&copy, 1});
    EXPECT_EQ(sealed ? seal_rows(store).sealed : 400U, 400U);
    NearestChunks nearest(store, Metric::kCosine);
    const NearestChunks::Result found = nearest.find(rows.row(2), 1, 0.5);
    EXPECT_EQ(found.exact, !sealed);
    ASSERT_EQ(found.chunks.size(), 2U);
    EXPECT_EQ(found.chunks[0].chunk, ChunkId{3});
    EXPECT_EQ(found.chunks[1].chunk, ChunkId{401});
    // More rows than there are.
    for (const double recall : {0.5, 1.0}) {
      EXPECT_EQ(nearest.find(rows.row(2), 1000, recall).chunks.size(), 401U);
      EXPECT_TRUE(nearest.find(rows.row(2), 0, recall).chunks.empty());
    }
  }
}

TEST(NearestChunks, NeverGivesRowsThatNoChunkUses) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix kept = unit_rows(1500, 1);
  const Matrix gone = unit_rows(700, 2);
  put_rows(store, "kept", kept.view());
  put_rows(store, "gone", gone.view());
  // The nearest rows of kept row 7 are all unused: the graph alone would give nothing but them.
  Matrix crowd(100, kept.cols);
  for (std::size_t r = 0; r < crowd.rows; ++r) {
    std::ranges::copy(kept.row(7), crowd.row(r).begin());
    crowd.row(r)[r % crowd.cols] += 1e-3F * static_cast<float>(1 + r / crowd.cols);
    vectors::to_unit_length(crowd.row(r), crowd.row(r));
  }
  put_rows(store, "crowd", crowd.view());
  EXPECT_EQ(seal_rows(store).sealed, 2300U);
  store.remove(std::vector<std::string>{"gone", "crowd"});

  NearestChunks nearest(store, Metric::kCosine);
  const index::FlatIndex flat(kept.view());
  EXPECT_EQ(rows_of(nearest.find(kept.row(7), 10, 0.95)), flat.search(kept.row(7), 10));
  const Matrix queries = unit_rows(30, 3);
  std::size_t walked = 0;
  const double recall = index::recall_of(
      kept.view(), Metric::kInnerProduct, queries.view(), 10, [&](std::span<const float> query) {
        const NearestChunks::Result result = nearest.find(query, 10, 0.95);
        walked += result.exact ? 0U : 1U;
        std::vector<Neighbor> found = rows_of(result);
        EXPECT_EQ(found.size(), 10U);
        for (const Neighbor& neighbor : found) EXPECT_LT(neighbor.row, kept.rows);
        return found;
      });
  EXPECT_GE(recall, 0.95);
  EXPECT_GT(walked, 20U);
  store.remove(std::vector<std::string>{"kept"});
  EXPECT_TRUE(nearest.find(queries.row(0), 10, 0.95).chunks.empty());
}

TEST(NearestChunks, ComparesEveryRowForMoreResultsThanAWalkIsGoodFor) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix rows = unit_rows(2000, 1);
  put_rows(store, "a", rows.view());
  seal_rows(store);
  NearestChunks nearest(store, Metric::kCosine);
  for (const std::size_t k : {std::size_t{1900}, std::size_t{5000}, ~std::size_t{0}}) {
    const NearestChunks::Result found = nearest.find(rows.row(3), k, 0.9);
    EXPECT_TRUE(found.exact);
    EXPECT_EQ(rows_of(found),
              index::FlatIndex(rows.view()).search(rows.row(3), std::min(k, rows.rows)));
  }
}

class DamagedSegment : public testing::Test {
 protected:
  DamagedSegment() {
    {
      Store store = unit_writer(directory_);
      put_rows(store, "a", rows_.view());
      seal_rows(store);
    }
    store_.emplace(Store::open(directory_));
    path_ = store_->segment()->path;
    whole_ = read_file(path_);
  }

  void expect_right_answers(NearestChunks& nearest) const {
    const index::FlatIndex flat(rows_.view());
    for (std::size_t row = 0; row < rows_.rows; row += 10) {
      EXPECT_EQ(rows_of(nearest.find(rows_.row(row), 1, 0.9)), flat.search(rows_.row(row), 1));
    }
  }

  void expect_notice(const std::string& part) const {
    NearestChunks nearest(*store_, Metric::kCosine);
    const NearestChunks::Result result = nearest.find(rows_.row(9), 10, 0.9);
    EXPECT_HAS(result.notice, path_.filename().native());
    EXPECT_HAS(result.notice, part);
    EXPECT_HAS(result.notice, "\"sememe index\" makes it again");
    EXPECT_TRUE(result.exact);
    EXPECT_EQ(rows_of(result), index::FlatIndex(rows_.view()).search(rows_.row(9), 10));
    EXPECT_FALSE(sealing::inspect(*store_).fault.empty());
    // Who compares every vector does not read the segment.
    EXPECT_EQ(nearest.find(rows_.row(9), 10, 1).notice, "");
  }

  ScratchDirectory directory_;
  Matrix rows_ = unit_rows(500, 1);
  std::optional<Store> store_;
  Path path_;
  std::string whole_;
};

TEST_F(DamagedSegment, IsLeftOutWithANoticeWhenItCannotBeOpened) {
  damage(path_, 20);
  expect_notice("expected");
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, whole_.size() - 1}) {
    write_file_atomic(path_, whole_.substr(0, size));
    expect_notice("bytes");
  }
  std::filesystem::remove(path_);
  expect_notice("No such file");
  ThreadPool pool(1);
  const Matrix others = unit_rows(500, 2);
  index::GraphIndex::build(others.view(), {}, pool).save(path_, "of other rows");
  expect_notice("found \"of other rows\"");
  write_file_atomic(path_, whole_);
  NearestChunks nearest(*store_, Metric::kCosine);
  EXPECT_EQ(nearest.find(rows_.row(9), 10, 0.9).notice, "");
  NearestChunks products(*store_, Metric::kInnerProduct);
  EXPECT_HAS(products.find(rows_.row(9), 10, 0.9).notice, "expected metric ip, found cosine");
}

// Wherever a byte is wrong, no answer is: it is not read, or it is found.
TEST_F(DamagedSegment, GivesRightAnswersWhereverTheDamageIs) {
  std::size_t left_out = 0;
  const std::size_t places = 23;
  for (std::size_t at = 0; at < whole_.size(); at += whole_.size() / places) {
    damage(path_, at);
    NearestChunks nearest(*store_, Metric::kCosine);
    expect_right_answers(nearest);
    const NearestChunks::Result last = nearest.find(rows_.row(9), 10, 0.9);
    EXPECT_EQ(last.exact, !last.notice.empty()) << at;
    left_out += last.exact ? 1U : 0U;
    EXPECT_FALSE(sealing::inspect(*store_).fault.empty());
    write_file_atomic(path_, whole_);
  }
  // Of most blocks searches for a tenth of the rows read one.
  EXPECT_GT(left_out, places / 2);
}

TEST_F(DamagedSegment, LeavesDamageOfTheVectorsToTheStore) {
  const Path vectors = directory_.path() / store::vector_file_name(1);
  damage(vectors, 64 + 9 * rows_.cols * sizeof(float));
  NearestChunks nearest(*store_, Metric::kCosine);
  try {
    nearest.find(rows_.row(9), 1, 0.9);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_HAS(std::string(error.what()), vectors.filename().native());
  }
}

TEST(NearestChunks, AnswersBesideAWriterThatSealsAndCompacts) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(200, 1).view());
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (std::uint64_t i = 0; i < 8; ++i) {
      put_rows(store, concat("b", i % 2), unit_rows(40, i).view());
      store.seal(store.live_vectors().vectors.rows, [&](const store::Segment& segment) {
        const store::LiveVectors live = store.live_vectors();
        ThreadPool pool(1);
        index::GraphIndex::build(live.vectors, {}, pool).save(segment.path, segment.key);
      });
      if (i % 3 == 2) store.compact();
    }
    done = true;
  });
  const Store reader = Store::open(directory);
  NearestChunks nearest(reader, Metric::kCosine);
  const Matrix query = unit_rows(1, 5);
  std::size_t graphs = 0;
  while (!done) {
    const NearestChunks::Result result = nearest.find(query.row(0), 10, 0.9);
    EXPECT_EQ(result.notice, "");
    EXPECT_GE(result.chunks.size(), 10U);
    graphs += result.exact ? 0U : 1U;
  }
  EXPECT_GT(graphs, 0U);
}

}  // namespace
}  // namespace sememe
