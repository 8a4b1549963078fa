#include "index/kept_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "index/index_testing.h"

namespace sememe::index {
namespace {

Path temporary(std::string_view name) { return Path(testing::TempDir()) / name; }

std::vector<Neighbor> nearest(const GraphIndex& index, std::span<const float> query) {
  return GraphSearcher(index).search(query, {});
}

TEST(KeptIndex, IsBuiltOnceAndThenRead) {
  ThreadPool pool(2);
  const Matrix rows = unit_clustered_rows(600, 24, 1);
  const Path path = temporary("kept.graph");
  const KeptIndex first = open_or_build(path, rows.view(), {}, pool);
  EXPECT_TRUE(first.built);
  EXPECT_EQ(first.notice, "");
  const KeptIndex second = open_or_build(path, rows.view(), {}, pool);
  EXPECT_FALSE(second.built);
  EXPECT_EQ(nearest(first.index, rows.row(7)), nearest(second.index, rows.row(7)));
}

TEST(KeptIndex, IsBuiltAnewForOtherRowsAndOptions) {
  ThreadPool pool(2);
  Matrix rows = unit_clustered_rows(300, 24, 1);
  const Path path = temporary("other-rows.graph");
  open_or_build(path, rows.view(), {}, pool);
  rows.row(299)[23] += 0.001F;
  const KeptIndex changed = open_or_build(path, rows.view(), {}, pool);
  EXPECT_TRUE(changed.built);
  EXPECT_NE(changed.notice, "");
  GraphOptions options;
  options.metric = vectors::Metric::kL2;
  EXPECT_TRUE(open_or_build(path, rows.view(), options, pool).built);
  options.layout = Layout::kCompact;
  EXPECT_TRUE(open_or_build(path, rows.view(), options, pool).built);
  EXPECT_FALSE(open_or_build(path, rows.view(), options, pool).built);
}

TEST(KeptIndex, IsBuiltAnewWhenDamagedAndSaysSo) {
  ThreadPool pool(2);
  const Matrix rows = unit_clustered_rows(300, 24, 1);
  const Path path = temporary("damaged.graph");
  const KeptIndex good = open_or_build(path, rows.view(), {}, pool);
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  write_file_atomic(path, bytes);
  const KeptIndex mended = open_or_build(path, rows.view(), {}, pool);
  EXPECT_TRUE(mended.built);
  EXPECT_NE(mended.notice.find("damaged.graph"), std::string::npos) << mended.notice;
  EXPECT_EQ(nearest(good.index, rows.row(7)), nearest(mended.index, rows.row(7)));
  EXPECT_FALSE(open_or_build(path, rows.view(), {}, pool).built);
}

TEST(KeptIndex, ServesWhereItCannotBeKept) {
  ThreadPool pool(1);
  const Matrix rows = unit_clustered_rows(100, 8, 1);
  const KeptIndex index =
      open_or_build(temporary("no-such-directory/x.graph"), rows.view(), {}, pool);
  EXPECT_TRUE(index.built);
  EXPECT_NE(index.notice, "");
  EXPECT_EQ(nearest(index.index, rows.row(3)).front().row, 3);
}

}  // namespace
}  // namespace sememe::index
