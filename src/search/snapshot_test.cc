#include "search/snapshot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "index/flat_index.h"
#include "search/sealed_testing.h"

namespace sememe {
namespace {

using index::Neighbor;
using store::ScratchDirectory;
using store::Store;
using vectors::Metric;

std::unique_ptr<Snapshot> take(const Store& store) {
  return Snapshot::take(store, Metric::kCosine, SearchKind::kApproximate);
}

TEST(Snapshot, FindsWhatComparingEveryRowFinds) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix first = unit_rows(3000, 1);
  const Matrix second = unit_rows(300, 2);
  put_rows(store, "first", first.view());
  EXPECT_EQ(seal_rows(store).sealed, 3000U);
  put_rows(store, "second", second.view());

  const auto snapshot = take(store);
  EXPECT_EQ(snapshot->commit(), 3U);
  EXPECT_EQ(snapshot->notice(), "");
  EXPECT_FALSE(snapshot->is_exact(10, 0.99));
  EXPECT_TRUE(snapshot->is_exact(10, 1));
  Matrix all(3300, first.cols);
  std::ranges::copy(first.values, all.values.begin());
  std::ranges::copy(second.values, all.row(3000).begin());
  const Matrix queries = unit_rows(50, 3);
  const index::FlatIndex flat(all.view());
  const double recall = index::recall_of(
      all.view(), Metric::kInnerProduct, queries.view(), 10, [&](std::span<const float> query) {
        std::vector<Neighbor> found = snapshot->nearest(query, 10, 0.99);
        EXPECT_EQ(found.size(), 10U);
        EXPECT_TRUE(std::ranges::is_sorted(found, index::ranks_before));
        EXPECT_EQ(snapshot->nearest(query, 10, 1), flat.search(query, 10));
        return found;
      });
  EXPECT_GE(recall, 0.97);
  // Each row finds itself first, whether it is sealed or came later, with the same similarity.
  for (const std::size_t row : {0U, 1234U, 2999U, 3000U, 3299U}) {
    EXPECT_EQ(snapshot->nearest(all.row(row), 1, 0.99), flat.search(all.row(row), 1)) << row;
  }
}

TEST(Snapshot, GivesTheChunksOfEachRow) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix rows = unit_rows(4, 1);
  put_rows(store, "a", rows.view());
  store::NewDocument copy{{"b", "hash", 9, 1}, {}};
  copy.chunks.push_back({{{0, 1}, 1, 1, "", "copy", store::key_of("a 2")}, {}});
  store.put({&copy, 1});
  store.remove(std::vector<std::string>{"none"});
  const auto snapshot = take(store);
  EXPECT_TRUE(std::ranges::equal(snapshot->chunks_of(1), std::vector{ChunkId{2}}));
  EXPECT_TRUE(std::ranges::equal(snapshot->chunks_of(2), std::vector{ChunkId{3}, ChunkId{5}}));
  EXPECT_TRUE(std::ranges::equal(snapshot->chunks_of(3), std::vector{ChunkId{4}}));
}

TEST(Snapshot, NeverGivesRowsThatNoChunkUses) {
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

  const auto snapshot = take(store);
  const index::FlatIndex flat(kept.view());
  EXPECT_FALSE(snapshot->is_exact(10, 0.95));
  EXPECT_EQ(snapshot->nearest(kept.row(7), 10, 0.95), flat.search(kept.row(7), 10));
  const Matrix queries = unit_rows(30, 3);
  const double recall = index::recall_of(
      kept.view(), Metric::kInnerProduct, queries.view(), 10, [&](std::span<const float> query) {
        std::vector<Neighbor> found = snapshot->nearest(query, 10, 0.95);
        EXPECT_EQ(found.size(), 10U);
        for (const Neighbor& neighbor : found) EXPECT_LT(neighbor.row, kept.rows);
        return found;
      });
  EXPECT_GE(recall, 0.95);
  store.remove(std::vector<std::string>{"kept"});
  EXPECT_TRUE(take(store)->nearest(queries.row(0), 10, 0.95).empty());
}

TEST(Snapshot, ComparesEveryRowForMoreResultsThanAWalkIsGoodFor) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  const Matrix rows = unit_rows(2000, 1);
  put_rows(store, "a", rows.view());
  seal_rows(store);
  const auto snapshot = take(store);
  for (const std::size_t k : {std::size_t{1900}, std::size_t{5000}, ~std::size_t{0}}) {
    EXPECT_TRUE(snapshot->is_exact(k, 0.9));
    EXPECT_EQ(snapshot->nearest(rows.row(3), k, 0.9),
              index::FlatIndex(rows.view()).search(rows.row(3), std::min(k, rows.rows)));
  }
  EXPECT_TRUE(snapshot->nearest(rows.row(3), 0, 0.9).empty());
}

TEST(Snapshot, AnswersExactlyAndSaysWhyWhenTheSegmentCannotBeUsed) {
  const ScratchDirectory directory;
  const Matrix rows = unit_rows(500, 1);
  {
    Store store = unit_writer(directory);
    put_rows(store, "a", rows.view());
    seal_rows(store);
  }
  const Store store = Store::open(directory);
  const Path path = store.segment()->path;
  const std::string whole = read_file(path);
  const std::vector<Neighbor> exact = index::FlatIndex(rows.view()).search(rows.row(9), 10);
  const auto expect_notice = [&](const std::string& part) {
    const auto snapshot = take(store);
    EXPECT_HAS(snapshot->notice(), path.filename().native());
    EXPECT_HAS(snapshot->notice(), part);
    EXPECT_HAS(snapshot->notice(), "\"sememe index\" makes it again");
    EXPECT_TRUE(snapshot->is_exact(10, 0.9));
    EXPECT_EQ(snapshot->nearest(rows.row(9), 10, 0.9), exact);
    EXPECT_EQ(sealing::inspect(store).fault.empty(), false);
    // Who compares every vector does not read the segment.
    EXPECT_EQ(Snapshot::take(store, Metric::kCosine, SearchKind::kExact)->notice(), "");
  };
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 23) {
    damage(path, at);
    expect_notice("expected");
    write_file_atomic(path, whole);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, whole.size() - 1}) {
    write_file_atomic(path, whole.substr(0, size));
    expect_notice("bytes");
  }
  std::filesystem::remove(path);
  expect_notice("No such file");
  ThreadPool pool(1);
  const Matrix others = unit_rows(500, 2);
  index::GraphIndex::build(others.view(), {}, pool).save(path, "of other rows");
  expect_notice("found \"of other rows\"");
  write_file_atomic(path, whole);
  EXPECT_EQ(take(store)->notice(), "");
  EXPECT_HAS(Snapshot::take(store, Metric::kInnerProduct, SearchKind::kApproximate)->notice(),
             "expected metric ip, found cosine");
}

TEST(Snapshot, IsTakenBesideAWriterThatSealsAndCompacts) {
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
  const Matrix query = unit_rows(1, 5);
  std::size_t graphs = 0;
  while (!done) {
    const auto snapshot = take(reader);
    EXPECT_EQ(snapshot->notice(), "");
    EXPECT_GE(snapshot->nearest(query.row(0), 10, 0.9).size(), 10U);
    graphs += snapshot->is_exact(1, 0.9) ? 0U : 1U;
  }
  EXPECT_GT(graphs, 0U);
}

}  // namespace
}  // namespace sememe
