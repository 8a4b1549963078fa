// What becomes of a store whose files were hurt: what readers say, what the next writer does, and
// that after restore_vectors() all is whole.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "store/schema.h"
#include "store/store.h"
#include "store/store_testing.h"
#include "store/vector_file.h"

namespace sememe::store {
namespace {

const Contents kThree{{"a", {"one"}}, {"b", {"two"}}, {"c", {"three"}}};

void overwrite(const Path& path, std::uint64_t offset, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good());
}

// Three documents in three extents of one row of 32 bytes each.
class DamagedStore : public testing::Test {
 protected:
  DamagedStore() {
    Store store = writer(directory_);
    for (const auto& [path, texts] : kThree) store.put(Batch().add(path, texts));
  }

  std::string reader_error() {
    return error_text(ErrorCode::kCorrupt, [&] { Store::open(directory_).live_vectors(); });
  }

  // Opens for writing, expects that the chunks with `texts` lost their vectors, gives them back.
  void expect_mended(const std::vector<std::string>& texts) {
    {
      Store store = writer(directory_);
      std::vector<std::string> lost;
      for (const StoredChunk& chunk : store.chunks_without_vector()) lost.push_back(chunk.row.text);
      EXPECT_EQ(lost, texts);
      for (const std::string& text : texts) EXPECT_FALSE(store.has_vector(key_of(text)));
      EXPECT_EQ(store.live_vectors().chunk_ids.size(), 3 - texts.size());
      EXPECT_EQ(store.counts().vectors_used, 3 - texts.size());
      EXPECT_EQ(Store::verify(directory_).size(), texts.size());
      restore_all(store);
      EXPECT_EQ(contents_of(store), kThree);
    }
    EXPECT_EQ(Store::verify(directory_), Faults{});
    EXPECT_EQ(contents_of(Store::open(directory_)), kThree);
    EXPECT_TRUE(writer(directory_).chunks_without_vector().empty());
  }

  Path vectors() const { return directory_.path() / "vectors-000001.f32"; }
  Path database() const { return directory_.path() / "store.sqlite"; }

  ScratchDirectory directory_;
};

TEST_F(DamagedStore, LosesOnlyTheExtentOfAFlippedByte) {
  overwrite(vectors(), 64 + 32 + 5, "!");
  EXPECT_HAS(reader_error(),
             "vectors-000001.f32\": rows 1 to 1 at byte offset 96: expected checksum");
  EXPECT_HAS(reader_error(), "\"sememe index\" mends it");
  ASSERT_EQ(Store::verify(directory_).size(), 1u);
  EXPECT_HAS(Store::verify(directory_)[0], "at byte offset 96");
  expect_mended({"two"});
}

TEST_F(DamagedStore, LosesWhatACutFileNoLongerHolds) {
  std::filesystem::resize_file(vectors(), 64 + 32 + 31);
  EXPECT_HAS(reader_error(), "expected rows 1 to 1, file of 127 bytes ends with row 0");
  expect_mended({"two", "three"});
}

TEST_F(DamagedStore, StartsANewFileWhenTheOldOneIsGone) {
  std::filesystem::remove(vectors());
  EXPECT_HAS(reader_error(), "commit 3 expects 3 rows, the file is missing");
  EXPECT_HAS(Store::verify(directory_).at(0), "is missing");
  expect_mended({"one", "two", "three"});
}

TEST_F(DamagedStore, StartsANewFileWhenTheOldOneIsEmpty) {
  std::filesystem::resize_file(vectors(), 0);
  EXPECT_HAS(reader_error(), "header: expected 64 bytes, found 0");
  expect_mended({"one", "two", "three"});
}

TEST_F(DamagedStore, KeepsWholeExtentsBehindABadHeader) {
  overwrite(vectors(), 13, "\x7f");
  EXPECT_HAS(reader_error(), "header: expected checksum");
  expect_mended({});
  EXPECT_FALSE(std::filesystem::exists(vectors()));
}

TEST_F(DamagedStore, RefusesAFileOfAnotherNumber) {
  const auto header = encode_vector_header({7, 8});
  overwrite(vectors(), 0, {reinterpret_cast<const char*>(header.data()), header.size()});
  EXPECT_HAS(reader_error(), "header: expected file number 1, found 7");
  expect_mended({});
}

TEST_F(DamagedStore, CutsATailThatNoCommitNames) {
  {
    std::ofstream file(vectors(), std::ios::app | std::ios::binary);
    file << std::string(1000, 'z');
  }
  EXPECT_EQ(contents_of(Store::open(directory_)), kThree);
  EXPECT_EQ(Store::verify(directory_), Faults{});
  writer(directory_);
  EXPECT_EQ(std::filesystem::file_size(vectors()), 64u + 96u);
  expect_mended({});
}

TEST_F(DamagedStore, CompactionDoesNotBlessDamage) {
  Store store = writer(directory_);
  overwrite(vectors(), 64 + 32 + 5, "!");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { store.compact(); }), "at byte offset 96");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "vectors-000002.f32"));
  EXPECT_EQ(store.commit(), 3u);
}

TEST_F(DamagedStore, PutGivesALostVectorBack) {
  overwrite(vectors(), 64, "!");
  Store store = writer(directory_);
  store.put(Batch().add("d", {"one"}));
  EXPECT_TRUE(store.chunks_without_vector().empty());
  EXPECT_EQ(contents_of(store).at("a"), std::vector<std::string>{"one"});
}

TEST_F(DamagedStore, RestoresOnlyKeysThatItKnows) {
  Store store = writer(directory_);
  const Matrix vector(1, 8);
  const std::vector<std::string> known{key_of("one")};
  store.restore_vectors(known, vector.view());  // whole already: nothing changes
  EXPECT_EQ(contents_of(store), kThree);
  const std::vector<std::string> unknown{"nobody"};
  EXPECT_HAS(
      error_text(ErrorCode::kNotFound, [&] { store.restore_vectors(unknown, vector.view()); }),
      "vector key \"nobody\" is not there");
  EXPECT_HAS(error_text(ErrorCode::kInvalidArgument, [&] { store.restore_vectors(unknown, {}); }),
             "expected a vector for each of 1 keys, found 0");
}

TEST_F(DamagedStore, RemovesFilesThatAKilledWriterLeft) {
  const Path stray = directory_.path() / "vectors-000002.f32";
  const Path half = directory_.path() / "store.sqlite.new";
  const Path foreign = directory_.path() / "notes.txt";
  const Path segment = directory_.path() / "vectors-000001-2.graph";
  const Path unfinished = directory_.path() / "vectors-000001-3.graph.tmp77-1-2";
  const std::vector<Path> ours = {stray, half, segment, unfinished};
  for (const Path& path : ours) std::ofstream(path) << "left over";
  std::ofstream(foreign) << "not ours";
  std::ofstream(directory_.path() / "store.sqlite.newer") << "not ours";
  const Faults faults = Store::verify(directory_);
  ASSERT_EQ(faults.size(), ours.size());
  for (const Path& path : ours) {
    EXPECT_TRUE(std::ranges::any_of(faults, [&](const std::string& fault) {
      return fault.contains(quote(path.native()) + " is not named by the manifest");
    })) << path;
  }
  {
    const Store store = writer(directory_);
    for (const Path& path : ours) EXPECT_FALSE(std::filesystem::exists(path)) << path;
    EXPECT_TRUE(std::filesystem::exists(foreign));
    EXPECT_TRUE(std::filesystem::exists(directory_.path() / "store.sqlite.newer"));
    std::ofstream(stray) << "of a writer at work";
    EXPECT_EQ(Store::verify(directory_), Faults{});
  }
}

TEST_F(DamagedStore, NamesADatabaseThatIsNone) {
  for (const std::string& bytes :
       {std::string(), std::string("not a database at all"), read_file(database()).substr(0, 9000),
        std::string(30000, '\0')}) {
    std::ofstream(database(), std::ios::trunc | std::ios::binary) << bytes;
    const auto expect_corrupt = [&](const std::function<void()>& open) {
      const std::string text = error_text(ErrorCode::kCorrupt, open);
      EXPECT_HAS(text, "store.sqlite");
    };
    expect_corrupt([&] { Store::open(directory_).documents(); });
    expect_corrupt([&] { writer(directory_); });
    const Faults faults = Store::verify(directory_);
    ASSERT_FALSE(faults.empty());
    EXPECT_HAS(faults[0], "store.sqlite");
  }
}

TEST_F(DamagedStore, ReportsFlippedBytesOfTheDatabaseOrStaysRight) {
  const std::string whole = read_file(database());
  std::size_t reported = 0;
  for (std::size_t at = 20; at < whole.size(); at += whole.size() / 97) {
    std::string hurt = whole;
    hurt[at] = static_cast<char>(hurt[at] ^ 0x55);
    std::ofstream(database(), std::ios::trunc | std::ios::binary) << hurt;
    reported += Store::verify(directory_).empty() ? 0 : 1;
    try {
      const Store store = Store::open(directory_);
      for (const ChunkId id : store.live_vectors().chunk_ids) store.chunk(id);
    } catch (const Error&) {  // any Error will do; a crash or a hang would not
    }
  }
  EXPECT_GT(reported, 0u);
}

TEST_F(DamagedStore, FindsNumbersThatMakeNoSense) {
  const std::string whole = read_file(database());
  const auto with = [&](const std::string& sql) {
    std::ofstream(database(), std::ios::trunc | std::ios::binary) << whole;
    tamper(database(), sql);
    const Faults faults = Store::verify(directory_);
    std::string all;
    for (const std::string& fault : faults) all += fault + "\n";
    return all;
  };
  EXPECT_HAS(with("UPDATE vectors SET file_row = 9 WHERE id = 2"),
             "expected a row of 0 to 2, found 9");
  EXPECT_HAS(reader_error(), "chunk 2: expected a vector row of 0 to 2, found 9");
  EXPECT_HAS(with("UPDATE vectors SET file_row = 0 WHERE id = 2"), "row 0: expected one vector, 2");
  EXPECT_HAS(with("UPDATE chunks SET text = '' WHERE id = 1"), "chunk 1 of \"a\": expected a text");
  EXPECT_HAS(with("UPDATE chunks SET end_byte = 99"), "expected bytes within a document of 3");
  EXPECT_HAS(with("UPDATE chunks SET line = 5, end_line = 4"),
             "expected lines from 1 on, found 5 to 4");
  EXPECT_HAS(with("UPDATE chunks SET vector = 77"), "names a row of vectors that is not there");
  EXPECT_HAS(with("UPDATE extents SET first_row = 9223372036854775807 WHERE first_row = 2"),
             "expected one from row 2, found 1 rows from row 9223372036854775807");
  EXPECT_HAS(with("UPDATE extents SET row_count = 9223372036854775807 WHERE first_row = 2"),
             "extents: expected one from row 2");
  EXPECT_HAS(with("UPDATE manifest SET dim = 0"), "expected a dim of 1 to 65536");
  EXPECT_HAS(with("UPDATE manifest SET precision = 'roughly'"),
             "expected a precision of \"exact\", \"near\" or \"fast\", found \"roughly\"");
  EXPECT_HAS(with("UPDATE manifest SET sealed_rows = 4"),
             "manifest: expected sealed rows up to the end of an extent, found 4");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { Store::open(directory_).sealed_vectors(); }),
             "expected sealed rows up to the end of an extent, found 4");
  EXPECT_HAS(with("UPDATE manifest SET sealed_rows = -2"), "found -2");
  EXPECT_HAS(with("DELETE FROM manifest"), "expected a manifest, found none");
  EXPECT_HAS(with("DROP TABLE chunks"), "no such table");
  EXPECT_HAS(with("PRAGMA application_id = 5"), "expected application id 1397050693, file has 5");
  EXPECT_HAS(with("PRAGMA user_version = 0"), "expected format version 1 to 3, file has 0");
  with("UPDATE chunks SET begin_byte = -1 WHERE id = 1");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { Store::open(directory_).chunk(ChunkId{1}); }),
             "column \"begin_byte\": expected a number of at least 0, found -1");
  std::ofstream(database(), std::ios::trunc | std::ios::binary) << whole;
  tamper(database(), "PRAGMA user_version = 4");
  EXPECT_HAS(error_text(ErrorCode::kUnsupported, [&] { Store::open(directory_); }),
             "expected format version 3, file has 4; a newer sememe wrote it");
}

TEST_F(DamagedStore, MendsRowsOutsideOfTheFile) {
  tamper(database(), "UPDATE vectors SET file_row = 9 WHERE id = 2");
  expect_mended({"two"});
}

TEST_F(DamagedStore, FindsNumbersThatAreNotFinite) {
  const std::vector<float> row(8, std::numeric_limits<float>::infinity());
  const auto bytes = std::as_bytes(std::span(row));
  overwrite(vectors(), 64, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  tamper(database(), concat("UPDATE extents SET checksum = ",
                            static_cast<std::int64_t>(xxh3_64(bytes)), " WHERE first_row = 0"));
  ASSERT_EQ(Store::verify(directory_).size(), 1u);
  EXPECT_HAS(Store::verify(directory_)[0], "row 0: expected finite numbers, found inf");
}

// Runs `body` in a child that may not write where only root may; its exit status.
int without_rights(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
    try {
      body();
      ::_exit(testing::Test::HasFailure() ? 1 : 0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(3);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(DamagedStore, IsReadWithoutTheRightToWrite) {
  std::filesystem::permissions(directory_, std::filesystem::perms(0555));
  ASSERT_FALSE(std::filesystem::exists(directory_.path() / "store.sqlite-shm"));
  EXPECT_EQ(without_rights([&] {
              EXPECT_EQ(contents_of(Store::open(directory_)), kThree);
              EXPECT_EQ(Store::verify(directory_), Faults{});
              EXPECT_HAS(error_text(ErrorCode::kIo, [&] { writer(directory_); }), "writer.lock");
            }),
            0);
  std::filesystem::permissions(directory_, std::filesystem::perms(0755));
}

TEST_F(DamagedStore, IsReadWithoutTheRightToWriteWhileAnotherWrites) {
  if (::getuid() != 0) GTEST_SKIP() << "the writer must be another user";
  Store store = writer(directory_);
  store.put(Batch().add("d", {"four"}));
  Contents expected = kThree;
  expected["d"] = {"four"};
  EXPECT_EQ(without_rights([&] { EXPECT_EQ(contents_of(Store::open(directory_)), expected); }), 0);
}

TEST_F(DamagedStore, IsReadWithoutTheRightToWriteBesideAWalThatOthersLeft) {
  if (::getuid() != 0) GTEST_SKIP() << "the writer must be another user";
  contents_of(Store::open(directory_));  // leaves an empty WAL and its shared memory
  ASSERT_TRUE(std::filesystem::exists(directory_.path() / "store.sqlite-shm"));
  EXPECT_EQ(without_rights([&] { EXPECT_EQ(contents_of(Store::open(directory_)), kThree); }), 0);

  const pid_t killed = ::fork();
  if (killed == 0) {
    Store store = writer(directory_);
    store.put(Batch().add("d", {"four"}));
    ::_exit(0);  // as a kill does: the commit stays in the WAL
  }
  ::waitpid(killed, nullptr, 0);
  ASSERT_GT(std::filesystem::file_size(directory_.path() / "store.sqlite-wal"), 0u);
  Contents expected = kThree;
  expected["d"] = {"four"};
  EXPECT_EQ(without_rights([&] { EXPECT_EQ(contents_of(Store::open(directory_)), expected); }), 0);
}

TEST_F(DamagedStore, IsReadWithoutTheRightToWriteUnderAnyName) {
  const Path odd = directory_.path() / "odd ?#%41 &name";
  {
    Store::open_for_writing(odd, kTestIdentity).put(Batch().add("a", {"one"}));
  }
  std::filesystem::permissions(odd, std::filesystem::perms(0555));
  EXPECT_EQ(
      without_rights([&] { EXPECT_EQ(contents_of(Store::open(odd)), (Contents{{"a", {"one"}}})); }),
      0);
  std::filesystem::permissions(odd, std::filesystem::perms(0755));
}

TEST_F(DamagedStore, SeesACommitOfAWriterThatCameLater) {
  if (::getuid() != 0) GTEST_SKIP() << "the writer must be another user";
  int to_writer[2];
  int to_reader[2];
  ASSERT_EQ(::pipe(to_writer), 0);
  ASSERT_EQ(::pipe(to_reader), 0);
  const pid_t child = ::fork();
  char byte = 0;
  if (child == 0) {  // the writer keeps its rights, the reader beside it has none
    if (::read(to_writer[0], &byte, 1) != 1) ::_exit(1);
    writer(directory_).put(Batch().add("d", {"four"}));
    if (::write(to_reader[1], &byte, 1) != 1) ::_exit(1);
    ::_exit(0);
  }
  const int status = without_rights([&] {
    const Store reader = Store::open(directory_);  // immutable: no WAL is there
    EXPECT_EQ(contents_of(reader), kThree);
    if (::write(to_writer[1], &byte, 1) != 1 || ::read(to_reader[0], &byte, 1) != 1) ::_exit(4);
    EXPECT_EQ(reader.commit(), 4u);
    EXPECT_EQ(contents_of(reader).at("d"), std::vector<std::string>{"four"});
  });
  EXPECT_EQ(status, 0);
  ::waitpid(child, nullptr, 0);
  for (const int descriptor : {to_writer[0], to_writer[1], to_reader[0], to_reader[1]}) {
    ::close(descriptor);
  }
}

TEST_F(DamagedStore, SaysWhyAWalCannotBeReadWithoutTheRightToWrite) {
  if (::getuid() != 0) GTEST_SKIP() << "the directory must belong to another user";
  std::ofstream(directory_.path() / "store.sqlite-wal") << "left by a killed writer";
  EXPECT_EQ(without_rights([&] {
              EXPECT_HAS(error_text(ErrorCode::kIo, [&] { Store::open(directory_); }),
                         "expected a directory that this user may write");
            }),
            0);
}

}  // namespace
}  // namespace sememe::store
