#include "store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <thread>

#include "store/store_testing.h"

namespace sememe::store {
namespace {

TEST(Store, GivesBackWhatWasPut) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  Batch batch;
  batch.add("a.txt", {"one", "two"}).add("b.txt", {"three"});
  store.put(batch);

  const std::vector<DocumentRow> documents = store.documents();
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].path, "a.txt");
  EXPECT_EQ(documents[0].content_hash, key_of("onetwo"));
  EXPECT_EQ(documents[0].size, 6u);
  EXPECT_EQ(documents[0].mtime_ns, 1000);
  const LiveVectors live = store.live_vectors();
  ASSERT_EQ(live.chunk_ids.size(), 3u);
  const StoredChunk chunk = store.chunk(live.chunk_ids[1]);
  EXPECT_EQ(chunk.id, live.chunk_ids[1]);
  EXPECT_EQ(chunk.path, "a.txt");
  EXPECT_EQ(chunk.row.bytes, (ByteRange{3, 6}));
  EXPECT_EQ(chunk.row.line, 2u);
  EXPECT_EQ(chunk.row.end_line, 2u);
  EXPECT_EQ(chunk.row.heading, "heading of a.txt");
  EXPECT_EQ(chunk.row.text, "two");
  EXPECT_EQ(chunk.row.vector_key, key_of("two"));
  EXPECT_EQ(contents_of(store), (Contents{{"a.txt", {"one", "two"}}, {"b.txt", {"three"}}}));
}

TEST(Store, KeepsItsIdentityAndContentsWhenReopened) {
  const ScratchDirectory directory;
  writer(directory).put(Batch().add("a", {"one"}));
  Store again =
      Store::open_for_writing(directory, {"other", "fingerprint-2", 16, Precision::kFast, 9});
  EXPECT_EQ(again.identity().model, "tiny");
  EXPECT_EQ(again.identity().fingerprint, "fingerprint-1");
  EXPECT_EQ(again.identity().dim, 8u);
  EXPECT_EQ(again.identity().precision, Precision::kNear);
  EXPECT_EQ(again.identity().passage_form, 3u);
  again.put(Batch().add("b", {"two"}));
  const Store reader = Store::open(directory);
  EXPECT_EQ(reader.identity().fingerprint, "fingerprint-1");
  EXPECT_EQ(contents_of(reader), (Contents{{"a", {"one"}}, {"b", {"two"}}}));
  EXPECT_EQ(reader.commit(), 2u);
}

// As an earlier version would have left the store.
void make_old(const Path& directory, int version) {
  std::string sql = "ALTER TABLE manifest DROP COLUMN sealed_rows;";
  if (version == 1) {
    sql +=
        "ALTER TABLE manifest DROP COLUMN precision;"
        "ALTER TABLE manifest DROP COLUMN passage_form;";
  }
  tamper(directory / "store.sqlite", concat(sql, "PRAGMA user_version = ", version));
}

TEST(Store, ReadsEarlierFormatsAsTheyAreAndWritersBringThemUpToDate) {
  for (const int version : {1, 2}) {
    const ScratchDirectory directory;
    writer(directory).put(Batch().add("a", {"one"}));
    make_old(directory, version);
    const Precision precision = version == 1 ? Precision::kExact : Precision::kNear;
    const std::string before = read_file(directory.path() / "store.sqlite");
    const Store beside = Store::open(directory);
    EXPECT_EQ(beside.identity().precision, precision);
    EXPECT_EQ(beside.identity().passage_form, version == 1 ? 1u : 3u);
    EXPECT_FALSE(beside.segment());
    EXPECT_EQ(contents_of(beside), (Contents{{"a", {"one"}}}));
    EXPECT_EQ(Store::verify(directory), Faults{});
    EXPECT_EQ(read_file(directory.path() / "store.sqlite"), before);

    Store old = writer(directory);
    EXPECT_EQ(old.commit(), 1u);
    old.put(Batch().add("b", {"two"}));
    old.seal(2, write_key);
    old.compact();
    EXPECT_EQ(old.identity().fingerprint, "fingerprint-1");
    EXPECT_EQ(Store::open(directory).identity().precision, precision);
    EXPECT_EQ(contents_of(beside), (Contents{{"a", {"one"}}, {"b", {"two"}}}));
    EXPECT_EQ(Store::verify(directory), Faults{});
  }
}

using RowsAndChunks = std::vector<std::pair<VectorRow, ChunkId>>;

std::optional<RowsAndChunks> chunks_of(const Store& store, std::uint64_t commit,
                                       std::vector<VectorRow> rows) {
  const auto chunks = store.chunks_of(commit, rows);
  if (!chunks) return std::nullopt;
  RowsAndChunks out;
  for (const ChunkOfRow& one : *chunks) out.emplace_back(one.row, one.chunk);
  return out;
}

TEST(Store, FindsTheChunksOfRows) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one", "two", "three"}));
  store.put(Batch().add("b", {"two", "four"}));
  store.remove(std::vector<std::string>{"none"});
  const auto find = [](const Store& in, std::uint64_t commit) {
    return chunks_of(in, commit, {VectorRow{3}, VectorRow{1}, VectorRow{99}});
  };
  const RowsAndChunks expected = {
      {VectorRow{1}, ChunkId{2}}, {VectorRow{1}, ChunkId{4}}, {VectorRow{3}, ChunkId{5}}};
  EXPECT_EQ(find(store, store.commit()), expected);
  EXPECT_EQ(chunks_of(store, store.commit(), {}), RowsAndChunks{});
  EXPECT_FALSE(find(store, store.commit() - 1));

  // An earlier version's store has no index of rows: a writer makes it.
  tamper(directory.path() / "store.sqlite", "DROP INDEX vectors_by_row");
  const Store reader = Store::open(directory);
  EXPECT_EQ(find(reader, reader.commit()), expected);
}

TEST(Store, WritersAddTheIndexOfRows) {
  const ScratchDirectory directory;
  writer(directory).put(Batch().add("a", {"one"}));
  tamper(directory.path() / "store.sqlite", "DROP INDEX vectors_by_row");
  static_cast<void>(writer(directory));
  tamper(directory.path() / "store.sqlite", "DROP INDEX vectors_by_row");  // is there
  EXPECT_EQ(contents_of(Store::open(directory)), (Contents{{"a", {"one"}}}));
}

TEST(Store, OpensNothingThatIsNotThere) {
  const ScratchDirectory directory;
  EXPECT_HAS(error_text(ErrorCode::kNotFound, [&] { Store::open(directory); }),
             "expected a file \"store.sqlite\"");
  EXPECT_FALSE(std::filesystem::exists(directory.path()));
  EXPECT_HAS(error_text(ErrorCode::kInvalidArgument,
                        [&] { Store::open_for_writing(directory, {"m", "f", 0}); }),
             "expected a dim of 1 to 65536, found 0");
}

TEST(Store, ReplacesTheDocumentOfAPath) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one", "two"}));
  const ChunkId old = store.live_vectors().chunk_ids[0];
  store.put(Batch().add("a", {"two", "three"}));
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"two", "three"}}}));
  EXPECT_HAS(error_text(ErrorCode::kNotFound, [&] { store.chunk(old); }), "chunk 1 is not there");
  EXPECT_EQ(store.counts().vectors_used, 2u);
  EXPECT_EQ(store.counts().vectors_unused, 1u);
}

TEST(Store, NeverGivesAChunkIdTwice) {
  const ScratchDirectory directory;
  {
    Store store = writer(directory);
    store.put(Batch().add("a", {"one", "two"}));
    store.remove(std::vector<std::string>{"a"});
    store.compact();
  }
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  EXPECT_EQ(store.live_vectors().chunk_ids, (std::vector<ChunkId>{ChunkId{3}}));
}

TEST(Store, SharesOneVectorBetweenChunksOfOneKey) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  Batch first;
  first.add("a", {"same", "same", "other"});
  first.documents()[0].chunks[1].vector = {};  // stands earlier in the same write
  store.put(first);
  EXPECT_TRUE(store.has_vector(key_of("same")));
  EXPECT_FALSE(store.has_vector(key_of("none")));
  Batch second;
  second.add("b", {"same"});
  second.documents()[0].chunks[0].vector = {};  // in the store already
  store.put(second);
  const LiveVectors live = store.live_vectors();
  EXPECT_EQ(live.vectors.rows, 2u);
  EXPECT_EQ(live.rows,
            (std::vector<VectorRow>{VectorRow{0}, VectorRow{0}, VectorRow{1}, VectorRow{0}}));
  EXPECT_EQ(store.counts().vectors_used, 2u);
  EXPECT_EQ(store.counts().chunks, 4u);
}

TEST(Store, IgnoresAVectorForAKeyThatHasOne) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  Batch again;
  again.add("b", {"one"});
  const std::vector<float> other(8, 42.0f);
  again.documents()[0].chunks[0].vector = other;
  store.put(again);
  EXPECT_EQ(store.live_vectors().vectors.rows, 1u);
  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one"}}, {"b", {"one"}}}));
}

TEST(Store, RemovesDocumentsAndKeepsTheirVectorsForLater) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}).add("b", {"two"}));
  store.remove(std::vector<std::string>{"a", "not there"});
  EXPECT_EQ(contents_of(store), (Contents{{"b", {"two"}}}));
  EXPECT_TRUE(store.has_vector(key_of("one")));
  EXPECT_EQ(store.counts().vectors_unused, 1u);
}

TEST(Store, TouchesOnlyTheTime) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  DocumentRow row = store.documents()[0];
  row.mtime_ns = -5;
  store.touch(std::span(&row, 1));
  EXPECT_EQ(store.documents()[0].mtime_ns, -5);
  EXPECT_EQ(store.commit(), 2u);
  row.content_hash = "other";
  EXPECT_HAS(error_text(ErrorCode::kNotFound, [&] { store.touch(std::span(&row, 1)); }),
             "document \"a\" with content hash \"other\" is not there");
  EXPECT_EQ(store.commit(), 2u);
}

TEST(Store, KeepsAnyBytesInPathsAndTexts) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  const std::string path = "not utf-8 \xff\xfe";
  const std::string text("zero \0 inside", 13);
  store.put(Batch().add(path, {text}));
  EXPECT_EQ(contents_of(store), (Contents{{path, {text}}}));
}

TEST(Store, HoldsDocumentsWithoutChunks) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("empty", {}));
  EXPECT_EQ(contents_of(store), (Contents{{"empty", {}}}));
  EXPECT_EQ(store.live_vectors().vectors.rows, 0u);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, RefusesWrongChunksAndChangesNothing) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  const std::vector<float> short_vector(7);
  std::vector<float> not_finite(8);
  not_finite[3] = std::numeric_limits<float>::quiet_NaN();

  const auto refused = [&](const auto& spoil) {
    Batch batch;
    batch.add("fine", {"fine"}).add("bad", {"x", "new"});
    spoil(batch.documents()[1], batch.documents()[1].chunks[1]);
    return error_text(ErrorCode::kInvalidArgument, [&] { store.put(batch); });
  };
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.vector = short_vector; }),
             "document \"bad\": chunk 1: vector: expected 8 floats, found 7");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.vector = not_finite; }), "number 3 is nan");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.vector = {}; }),
             "expected a vector, the store has none of this key");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.row.text.clear(); }), "expected a text");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.row.vector_key.clear(); }),
             "expected a vector key");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.row.bytes.end = 99; }),
             "expected bytes within a document of 4, found 1 to 99");
  EXPECT_HAS(refused([&](auto&, auto& chunk) { chunk.row.line = 0; }),
             "expected lines from 1 on, found 0 to 2");
  EXPECT_HAS(refused([&](auto& document, auto&) { document.row.path = "fine"; }),
             "expected each path once");
  EXPECT_HAS(refused([&](auto& document, auto&) { document.row.path = ""; }), "expected a path");

  EXPECT_EQ(contents_of(store), (Contents{{"a", {"one"}}}));
  EXPECT_EQ(store.commit(), 1u);
  EXPECT_EQ(store.counts().vector_bytes, 64u + 32u);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, LetsReadersSeeTheLastCommitWhileWriting) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.put(Batch().add("a", {"one"}));
  const Store reader = Store::open(directory);
  const LiveVectors before = reader.live_vectors();
  store.put(Batch().add("a", {"new"}).add("b", {"two"}));
  EXPECT_EQ(before.commit, 1u);
  EXPECT_EQ(before.vectors.rows, 1u);
  EXPECT_EQ(before.vectors.row(0)[0], vector_of("one")[0]);
  EXPECT_EQ(reader.commit(), 2u);
  EXPECT_EQ(contents_of(reader), (Contents{{"a", {"new"}}, {"b", {"two"}}}));
}

TEST(Store, RefusesToWriteWhenOpenForReading) {
  const ScratchDirectory directory;
  writer(directory);
  Store reader = Store::open(directory);
  for (const auto& write : std::vector<std::function<void()>>{
           [&] { reader.put({}); }, [&] { reader.touch({}); }, [&] { reader.remove({}); },
           [&] { reader.compact(); }, [&] { reader.restore_vectors({}, {}); }}) {
    EXPECT_HAS(error_text(ErrorCode::kInvalidArgument, write), "expected a store open for writing");
  }
}

TEST(Store, NamesTheProcessThatIsWriting) {
  const ScratchDirectory directory;
  const Store store = writer(directory);
  EXPECT_HAS(error_text(ErrorCode::kConflict, [&] { writer(directory); }),
             concat("store ", quote(directory.path().native()), ": is being written by process ",
                    ::getpid(), " (started 2"));
  EXPECT_NO_THROW(Store::open(directory));
}

TEST(Store, CompactsToTheRowsInUse) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  for (int i = 0; i < 50; ++i) {
    store.put(Batch().add("a", {concat("text ", i), concat(std::string(20000, 'x'), i)}));
  }
  store.put(Batch().add("b", {"kept", "text 49"}));
  const Store reader = Store::open(directory);
  const LiveVectors old = reader.live_vectors();
  const Counts before = store.counts();
  const Contents contents = contents_of(store);
  EXPECT_EQ(before.vectors_unused, 98u);

  store.compact();

  const Counts after = store.counts();
  EXPECT_EQ(after.vectors_used, 3u);
  EXPECT_EQ(after.vectors_unused, 0u);
  EXPECT_EQ(after.vector_bytes, 64u + 3u * 32u);
  EXPECT_LT(after.database_bytes, before.database_bytes / 4);
  EXPECT_EQ(after.commit, before.commit + 1);
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "vectors-000001.f32"));
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "vectors-000002.f32"));
  EXPECT_EQ(old.vectors.row(0)[0], vector_of("text 0")[0]);  // still mapped
  EXPECT_EQ(contents_of(reader), contents);
  EXPECT_FALSE(store.has_vector(key_of("text 0")));
  store.put(Batch().add("c", {"later"}));
  EXPECT_EQ(contents_of(reader).at("c"), std::vector<std::string>{"later"});
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, IsReadWhileCompactionsTakeItsFileAway) {
  const ScratchDirectory directory;
  const Contents contents{{"a", {"one", "two"}}};
  writer(directory).put(Batch().add("a", {"one", "two"}));
  std::atomic<bool> stop = false;
  std::jthread compacting([&] {
    Store store = writer(directory);
    for (int i = 0; i < 200; ++i) store.compact();
    stop = true;
  });
  const Store reader = Store::open(directory);
  while (!stop) {
    const LiveVectors live = reader.live_vectors();
    ASSERT_EQ(live.chunk_ids.size(), 2u);
    ASSERT_EQ(live.vectors.row(1)[0], vector_of("two")[0]);
  }
  compacting.join();
  EXPECT_EQ(contents_of(reader), contents);
  EXPECT_EQ(reader.commit(), 201u);
}

TEST(Store, CompactsAnEmptyStore) {
  const ScratchDirectory directory;
  Store store = writer(directory);
  store.compact();
  store.put(Batch().add("a", {"one"}));
  store.remove(std::vector<std::string>{"a"});
  store.compact();
  EXPECT_EQ(store.counts().vector_bytes, 64u);
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, CutsLargeWritesIntoExtents) {
  const ScratchDirectory directory;
  const Identity wide{"wide", "f", 4096};
  Store store = Store::open_for_writing(directory, wide);
  std::vector<std::string> texts;
  for (int i = 0; i < 600; ++i) texts.push_back(concat("text ", i));  // 9.8 MB: three extents
  store.put(Batch(wide.dim).add("a", texts));
  EXPECT_EQ(contents_of(store), (Contents{{"a", texts}}));
  EXPECT_EQ(Store::verify(directory), Faults{});
}

TEST(Store, ClosesWithAnEmptyWal) {
  const ScratchDirectory directory;
  {
    Store store = writer(directory);
    for (int i = 0; i < 20; ++i) store.put(Batch().add("a", {std::string(50000, 'x')}));
    EXPECT_GT(std::filesystem::file_size(directory.path() / "store.sqlite-wal"), 500'000u);
    EXPECT_GE(store.counts().database_bytes,
              std::filesystem::file_size(directory.path() / "store.sqlite-wal"));
  }
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "store.sqlite-wal"));
}

TEST(Store, DoesNotCheckpointForAReader) {
  const ScratchDirectory directory;
  auto store = std::make_unique<Store>(writer(directory));
  auto reader = std::make_unique<Store>(Store::open(directory));
  store->put(Batch().add("a", {"one"}));
  EXPECT_EQ(contents_of(*reader).size(), 1u);
  // A copy made now is what a killed writer leaves: nothing has been moved out of the WAL. (To copy
  // the open database drops its locks in this process; nobody else is here to mind.)
  const Path copy = directory.path().native() + "_copy";
  std::filesystem::remove_all(copy);
  std::filesystem::create_directories(copy);
  for (const char* name : {"store.sqlite", "store.sqlite-wal", "vectors-000001.f32"}) {
    std::filesystem::copy(directory.path() / name, copy / name);
  }
  const std::string database = read_file(copy / "store.sqlite");
  const std::string wal = read_file(copy / "store.sqlite-wal");
  ASSERT_GT(wal.size(), 8192u);
  {
    const Store last = Store::open(copy);
    EXPECT_EQ(contents_of(last), (Contents{{"a", {"one"}}}));
  }
  EXPECT_EQ(read_file(copy / "store.sqlite"), database);
  EXPECT_EQ(read_file(copy / "store.sqlite-wal"), wal);
  EXPECT_EQ(contents_of(writer(copy)), (Contents{{"a", {"one"}}}));
  std::filesystem::remove_all(copy);
}

}  // namespace
}  // namespace sememe::store
