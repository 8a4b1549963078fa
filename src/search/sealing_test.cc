#include "search/sealing.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "search/nearest_chunks.h"
#include "search/sealed_testing.h"

namespace sememe::sealing {
namespace {

using store::ScratchDirectory;
using store::Store;
using vectors::Metric;

SealReport seal(Store& store, std::size_t min_vectors) {
  return seal_if_worthwhile(store, Metric::kCosine, 1,
                            {.min_vectors = min_vectors, .progress = {}});
}

TEST(Sealing, IsOutgrownByAQuarterAndAThousandRows) {
  EXPECT_FALSE(outgrown(1000, 0));
  EXPECT_TRUE(outgrown(1001, 0));
  EXPECT_FALSE(outgrown(1001, 8000));
  EXPECT_FALSE(outgrown(2000, 8000));
  EXPECT_TRUE(outgrown(2001, 8000));
}

TEST(Sealing, BeginsAtTheSizeThatIsAskedFor) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(100, 1).view());
  EXPECT_EQ(seal(store, 0).sealed, 0U);
  EXPECT_EQ(seal(store, 101).sealed, 0U);
  EXPECT_FALSE(store.segment());
  EXPECT_EQ(inspect(store).vectors, 0U);
  EXPECT_EQ(seal(store, 100).sealed, 100U);
  EXPECT_EQ(store.segment()->rows, 100U);
}

TEST(Sealing, IsDoneAgainWhenManyRowsCame) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(500, 1).view());
  EXPECT_EQ(seal(store, 100).sealed, 500U);
  const std::uint64_t commit = store.commit();
  EXPECT_EQ(seal(store, 100).sealed, 0U);
  EXPECT_EQ(store.commit(), commit);
  put_rows(store, "b", unit_rows(1000, 2).view());
  EXPECT_EQ(seal(store, 100).sealed, 0U);
  put_rows(store, "c", unit_rows(1, 3).view());
  EXPECT_EQ(seal(store, 100).sealed, 1501U);
  EXPECT_EQ(Store::verify(directory), store::Faults{});
}

TEST(Sealing, LeavesRowsThatNoChunkUsesBehind) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(1100, 1).view());
  put_rows(store, "b", unit_rows(1001, 2).view());
  EXPECT_EQ(seal(store, 100).sealed, 2101U);
  store.remove(std::vector<std::string>{"b"});
  EXPECT_EQ(seal(store, 100).sealed, 1100U);
  EXPECT_EQ(store.counts().vectors_unused, 0U);
  // Too few are left for a graph: the compaction takes the segment away.
  put_rows(store, "c", unit_rows(50, 2).view());
  store.remove(std::vector<std::string>{"a"});
  EXPECT_EQ(seal(store, 100).sealed, 0U);
  EXPECT_FALSE(store.segment());
  EXPECT_EQ(store.counts().vectors_unused, 0U);
}

TEST(Sealing, SaysWhatItMeasured) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(2000, 1).view());
  seal(store, 1);
  const SegmentInfo info = inspect(Store::open(directory));
  EXPECT_EQ(info.vectors, 2000U);
  EXPECT_EQ(info.bytes, std::filesystem::file_size(store.segment()->path));
  EXPECT_EQ(info.fault, "");
  ASSERT_FALSE(info.recall.empty());
  EXPECT_EQ(info.recall.front().k, 10U);
  EXPECT_EQ(info.recall.back().k, 100U);
  EXPECT_GT(info.recall.back().recall, 0.9);
}

TEST(Sealing, MendsASegmentThatIsDamagedOrGone) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(300, 1).view());
  seal(store, 100);
  const Path path = store.segment()->path;
  const std::string whole = read_file(path);
  damage(path, whole.size() / 2);
  EXPECT_HAS(inspect(store).fault, "fit its checksum");
  SealReport report = seal(store, 0);
  EXPECT_EQ(report.sealed, 0U) << "never is never";
  report = seal(store, 1000);  // also when there are too few to begin with
  EXPECT_EQ(report.sealed, 300U);
  EXPECT_HAS(report.notice, path.native());
  EXPECT_EQ(read_file(path), whole);
  std::filesystem::remove(path);
  EXPECT_HAS(seal(store, 100).notice, path.native());
  EXPECT_EQ(read_file(path), whole);
  EXPECT_EQ(seal(store, 100).notice, "");
}

TEST(Sealing, StopsWhereverItIsToldToAndLeavesTheStoreAsItWas) {
  const ScratchDirectory directory;
  Store store = unit_writer(directory);
  put_rows(store, "a", unit_rows(300, 1).view());
  const std::uint64_t commit = store.commit();
  std::size_t steps = 0;
  for (std::size_t stop = 1;; ++stop) {
    ASSERT_LT(stop, 100U);
    steps = 0;
    const SealReport report =
        seal_if_worthwhile(store, Metric::kCosine, 2,
                           {.min_vectors = 100, .progress = [&](std::string_view, double part) {
                              EXPECT_TRUE(part >= 0 && part <= 1) << part;
                              return ++steps < stop;
                            }});
    EXPECT_EQ(report.stopped, report.sealed == 0);
    if (!report.stopped) break;
    EXPECT_EQ(steps, stop);
    EXPECT_EQ(store.commit(), commit);
    EXPECT_FALSE(store.segment());
    EXPECT_EQ(Store::verify(directory), store::Faults{});
  }
  EXPECT_GE(steps, 3U);
  EXPECT_EQ(store.segment()->rows, 300U);
}

TEST(Sealing, LosesNothingToAKill) {
  const Matrix rows = unit_rows(150, 1);
  for (int kill = 1;; ++kill) {
    ASSERT_LT(kill, 100);
    const ScratchDirectory directory;
    put_rows(*std::make_unique<Store>(unit_writer(directory)), "a", rows.view());
    const pid_t child = ::fork();
    if (child == 0) {
      Store store = unit_writer(directory);
      int left = kill;
      const SealReport report = seal_if_worthwhile(
          store, Metric::kCosine, 1, {.min_vectors = 1, .progress = [&](std::string_view, double) {
                                        if (--left == 0) ::_exit(9);
                                        return true;
                                      }});
      ::_exit(report.sealed == 150 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) % 9 == 0) << status;
    const bool lived = WEXITSTATUS(status) == 0;
    Store store = unit_writer(directory);
    EXPECT_EQ(store.segment().has_value(), lived);
    EXPECT_EQ(Store::verify(directory), store::Faults{});
    const NearestChunks::Result found =
        NearestChunks(store, Metric::kCosine).find(rows.row(5), 1, 0.9);
    EXPECT_EQ(found.exact, !lived);
    EXPECT_EQ(found.chunks.at(0).chunk, ChunkId{6});
    if (lived) break;
    EXPECT_EQ(seal_rows(store).sealed, 150U);
  }
}

}  // namespace
}  // namespace sememe::sealing
