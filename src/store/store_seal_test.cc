#include <gtest/gtest.h>

#include "store/segment.h"
#include "store/store.h"
#include "store/store_testing.h"
#include "store/vector_file.h"

namespace sememe::store {
namespace {

TEST(Segment, IsNamedByItsVectorFileAndRows) {
  EXPECT_EQ(segment_file_name(1, 20'000), "vectors-000001-20000.graph");
  EXPECT_EQ(segment_file_name(12'345'678, 3), "vectors-12345678-3.graph");
  for (const char* name : {"vectors-000001-20000.graph", "vectors-000001-20000.graph.tmp123-4-5"}) {
    EXPECT_TRUE(is_segment_file_name(name)) << name;
  }
  for (const char* name : {"vectors-000001.f32", "vectors-000001-.graph", "vectors--1.graph",
                           "vectors-000001-1.graph.bak", "vectors-000001-1x.graph", "1.graph",
                           "xvectors-000001-1.graph", ""}) {
    EXPECT_FALSE(is_segment_file_name(name)) << name;
  }
}

TEST(Store, NamesASegmentInACommitAndRemovesTheOneBefore) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one", "two"}));
  const Store reader = Store::open(directory);
  EXPECT_FALSE(reader.segment());
  store.seal(2, write_key);
  EXPECT_EQ(reader.commit(), 2u);
  const std::optional<Segment> first = reader.segment();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->path, directory.path() / "vectors-000001-2.graph");
  EXPECT_EQ(first->rows, 2u);
  EXPECT_EQ(reader.counts().sealed_rows, 2u);
  EXPECT_EQ(reader.counts().segment_bytes, first->key.size());

  store.put(Batch().add("b", {"three"}));
  EXPECT_EQ(reader.segment()->key, first->key);
  store.seal(3, write_key);
  const std::optional<Segment> second = reader.segment();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rows, 3u);
  EXPECT_NE(second->key, first->key);
  EXPECT_FALSE(std::filesystem::exists(first->path));
  expect_whole_segment(reader);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, MapsTheVectorsOfASegmentAndChecksThoseBehindIt) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one", "two"}));
  EXPECT_FALSE(store.sealed_vectors());
  store.seal(2, write_key);
  store.put(Batch().add("b", {"three"}));
  const Store reader = Store::open(directory);
  const std::optional<SealedVectors> sealed = reader.sealed_vectors();
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->commit, 3u);
  EXPECT_EQ(sealed->segment.rows, 2u);
  const LiveVectors live = reader.live_vectors();
  ASSERT_EQ(sealed->vectors.rows, 3u);
  for (std::size_t r = 0; r < 3; ++r) {
    EXPECT_TRUE(std::ranges::equal(sealed->vectors.row(r), live.vectors.row(r)));
  }

  const Path vectors = directory.path() / vector_file_name(1);
  const std::string whole = read_file(vectors);
  const auto with_damage = [&](std::size_t row) {
    std::string bytes = whole;
    bytes[kVectorHeaderBytes + row * live.vectors.cols * sizeof(float)] ^= 1;
    write_file_atomic(vectors, bytes);
  };
  with_damage(1);
  EXPECT_TRUE(reader.sealed_vectors());
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { reader.live_vectors(); }), "vectors-000001.f32");
  with_damage(2);
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { reader.sealed_vectors(); }),
             "vectors-000001.f32");
  write_file_atomic(vectors, whole.substr(0, kVectorHeaderBytes));
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { reader.sealed_vectors(); }),
             "vectors-000001.f32");
  std::filesystem::remove(vectors);
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { reader.sealed_vectors(); }), "is missing");
}

TEST(Store, SealsTheSameRowsAgainInPlace) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  store.seal(1, write_key);
  std::filesystem::remove(store.segment()->path);
  EXPECT_EQ(store.counts().segment_bytes, 0u);
  store.seal(1, write_key);
  EXPECT_EQ(store.commit(), 3u);
  expect_whole_segment(Store::open(directory));
}

TEST(Store, TellsTheRowsOfTwoStoresApart) {
  const auto key_of_store = [](const std::string& text) {
    const ScratchDirectory directory;
    Store store = writer(directory);
    store.put(Batch().add("a", {text}));
    store.seal(1, write_key);
    return store.segment()->key;
  };
  EXPECT_EQ(key_of_store("one"), key_of_store("one"));
  EXPECT_NE(key_of_store("one"), key_of_store("two"));
}

TEST(Store, DropsTheSegmentOfAVectorFileThatIsLeft) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}).add("b", {"two"}));
  store.seal(2, write_key);
  const Path path = store.segment()->path;
  store.remove(std::vector<std::string>{"a"});
  EXPECT_TRUE(store.segment());
  store.compact();
  EXPECT_FALSE(store.segment());
  EXPECT_FALSE(std::filesystem::exists(path));
  store.seal(1, write_key);
  EXPECT_EQ(store.segment()->path.filename(), "vectors-000002-1.graph");
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, IsUnchangedWhenASegmentCannotBeWritten) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  store.seal(1, write_key);
  store.put(Batch().add("b", {"two"}));
  const std::uint64_t commit = store.commit();
  EXPECT_HAS(error_text(ErrorCode::kIo,
                        [&] {
                          store.seal(2, [](const Segment& segment) {
                            write_key(segment);
                            throw Error(ErrorCode::kIo, "disk full");
                          });
                        }),
             "disk full");
  EXPECT_EQ(store.commit(), commit);
  EXPECT_EQ(store.segment()->rows, 1u);
  expect_whole_segment(store);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, RefusesSegmentsOfOtherRowsOrByReaders) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one", "two"}));
  for (const std::size_t rows : {0U, 1U, 3U}) {
    EXPECT_HAS(error_text(ErrorCode::kInvalidArgument, [&] { store.seal(rows, write_key); }),
               concat("expected rows up to the end of a write, found ", rows));
  }
  Store reader = Store::open(directory);
  error_text(ErrorCode::kInvalidArgument, [&] { reader.seal(2, write_key); });
  EXPECT_FALSE(store.segment());
}

}  // namespace
}  // namespace sememe::store
