// Searching beside the writer. Under ThreadSanitizer this is the test of the order of memory.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "index/growing_index.h"
#include "index/growing_testing.h"
#include "index/index_testing.h"

namespace sememe::index {
namespace {

constexpr std::size_t kDims = 16;

GrowingOptions options_for(std::size_t capacity) {
  GrowingOptions options;
  options.capacity = capacity;
  options.effort = 40;
  return options;
}

// Runs search(searcher, thread) again and again in two threads while write() runs.
template <class Search, class Write>
void beside(const GrowingIndex& index, const Search& search, const Write& write) {
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      GrowingSearcher searcher(index);
      for (std::size_t turn = t; !done.load(); ++turn) search(searcher, turn);
    });
  }
  write();
  done.store(true);
  for (std::thread& thread : threads) thread.join();
}

TEST(GrowingThreads, SearchesSeeWhatWasPutInAndNothingThatWasTakenOut) {
  const Matrix rows = unit_clustered_rows(800, kDims, 1);
  GrowingIndex index(kDims, options_for(800));
  std::atomic<std::size_t> inserted = 0;
  std::atomic<std::size_t> removed = 0;
  std::atomic<std::size_t> searches = 0;
  std::atomic<std::size_t> unseen = 0;
  std::atomic<std::size_t> ghosts = 0;
  std::atomic<std::size_t> missing = 0;
  const auto search = [&](GrowingSearcher& searcher, std::size_t turn) {
    const std::size_t gone = removed.load();
    const std::size_t there = inserted.load();
    if (there < gone + 100) return;
    const std::size_t row = gone + 50 + turn * 7 % (there - gone - 50);
    const auto found = searcher.search(rows.row(row), {.k = 5, .effort = 40});
    const bool still_there = removed.load() <= row;
    for (const Neighbor& n : found) ghosts += n.row < gone ? 1U : 0U;
    missing += found.size() < 5 ? 1U : 0U;
    unseen += still_there && found.front().row != row ? 1U : 0U;
    ++searches;
  };
  beside(index, search, [&] {
    for (std::size_t r = 0; r < rows.rows; ++r) {
      index.insert(rows.row(r));
      inserted.store(r + 1);
      if (r % 2 == 1) {
        index.remove(static_cast<std::uint32_t>(r / 2));
        removed.store(r / 2 + 1);
      }
    }
    while (searches.load() < 100) std::this_thread::yield();
  });
  EXPECT_EQ(ghosts.load(), 0);
  EXPECT_EQ(missing.load(), 0);
  EXPECT_LE(unseen.load(), searches.load() / 50);
}

TEST(GrowingThreads, SearchesGoOnWhilePlacesAreFreedAndTakenAgain) {
  const Matrix rows = unit_clustered_rows(600, kDims, 1);
  const Matrix queries = unit_clustered_rows(20, kDims, 2);
  GrowingIndex index(kDims, options_for(400));
  insert_rows(index, rows, 0, 300);
  std::atomic<std::size_t> searches = 0;
  std::atomic<std::size_t> missing = 0;
  const auto search = [&](GrowingSearcher& searcher, std::size_t turn) {
    const auto found = searcher.search(queries.row(turn % 20), {.k = 20, .effort = 40});
    missing += found.size() < 20 ? 1U : 0U;
    ++searches;
  };
  beside(index, search, [&] {
    for (std::size_t round = 0; round < 4; ++round) {
      for (std::uint32_t r = 0; r < 300; ++r) {
        if (index.store().is_live(r) && (r + round) % 3 == 0) index.remove(r);
      }
      index.consolidate();
      while (index.size() < 300) index.insert(rows.row((index.size() * 7 + round) % 600));
    }
    while (searches.load() < 100) std::this_thread::yield();
  });
  EXPECT_EQ(missing.load(), 0);
  EXPECT_GE(growing_recall(index, queries, {.k = 10, .effort = 64}), 0.95);
}

// A reader that does not come to an end keeps blocks from being used again, and the writer goes on
// with others as long as there are any.
TEST(GrowingThreads, TheWriterLeavesAloneWhatALongSearchMayRead) {
  const Matrix rows = unit_clustered_rows(300, kDims, 1);
  GrowingIndex index(kDims, options_for(300));
  insert_rows(index, rows, 0, 100);
  const std::size_t before = index.bytes();
  {
    Epochs::Reader reader(index.store().epochs());
    const Epochs::Pin pin(reader);
    const GraphView graph = index.store().view();
    const std::byte* const block = graph.at(graph.entry);
    const std::vector<std::byte> copy(block, block + graph.layout.bytes());
    insert_rows(index, rows, 100, 110);
    EXPECT_TRUE(std::ranges::equal(copy, std::span(block, copy.size())));
    EXPECT_NE(graph.at(graph.entry), block);
  }
  const std::size_t during = index.bytes();
  insert_rows(index, rows, 110, 130);
  // Blocks of the long search are used again: twenty rows, no more blocks.
  EXPECT_GT(during, before + 10 * index.store().layout().bytes());
  EXPECT_LT(index.bytes(), during + 20 * 1000);
}

}  // namespace
}  // namespace sememe::index
