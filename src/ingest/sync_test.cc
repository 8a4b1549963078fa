#include "sememe/sync.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/error_context.h"
#include "base/file.h"
#include "ingest/walk.h"

namespace sememe {
namespace {

namespace fs = std::filesystem;

class SyncTest : public testing::Test {
 protected:
  SyncTest() {
    root_ = ingest::normal_path(testing::TempDir() + "sync_" +
                                testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_ + "/docs");
    collection_.emplace(open());
  }
  ~SyncTest() override {
    collection_.reset();
    fs::remove_all(root_);
  }

  Collection open() const {
    return Collection::open_for_writing(
        root_ + "/.sememe",
        {.model = std::string(SEMEME_GOLDEN_DIR) + "/models/tiny-bert", .threads = 1});
  }

  void write(const std::string& name, std::string_view text) const {
    const fs::path path = fs::path(root_) / "docs" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void erase(const std::string& name) const { fs::remove_all(fs::path(root_) / "docs" / name); }

  SyncReport sync_docs(SyncOptions options = {}) {
    options.base_directory = root_;
    const std::vector<std::string> roots = {root_ + "/docs"};
    return sync(*collection_, roots, options);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const DocumentVersion& version : collection_->documents()) found.push_back(version.path);
    return found;
  }

  std::string root_;
  std::optional<Collection> collection_;
};

using Names = std::vector<std::string>;

/// "added/updated/unchanged/removed/skipped/failed".
std::string counts(const SyncReport& report) {
  return concat(report.added, "/", report.updated, "/", report.unchanged, "/", report.removed, "/",
                report.skipped.size(), "/", report.failed.size());
}

TEST_F(SyncTest, EmbedsOnlyWhatChanged) {
  write("a.md", "# A\n\nfirst words\n");
  write("b/c.txt", "second words\n");
  const SyncReport first = sync_docs();
  EXPECT_EQ(counts(first), "2/0/0/0/0/0");
  EXPECT_EQ(first.passages.embedded, 2u);
  EXPECT_EQ(names(), (Names{"docs/a.md", "docs/b/c.txt"}));

  const SyncReport second = sync_docs();
  EXPECT_EQ(counts(second), "0/0/2/0/0/0");
  EXPECT_EQ(second.passages.passages, 0u);

  write("a.md", "# A\n\nfirst words, changed\n");
  const SyncReport third = sync_docs();
  EXPECT_EQ(counts(third), "0/1/1/0/0/0");
  EXPECT_EQ(third.passages.embedded, 1u);
}

TEST_F(SyncTest, NoticesATouchedFileWithoutEmbedding) {
  write("a.txt", "words");
  sync_docs();
  fs::last_write_time(root_ + "/docs/a.txt",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(counts(sync_docs()), "0/0/1/0/0/0");
  EXPECT_EQ(collection_->documents()[0].mtime_ns, file_stamp(root_ + "/docs/a.txt").mtime_ns);
}

TEST_F(SyncTest, NoticesAChangeThatKeepsSizeAndTime) {
  write("a.txt", "words");
  const auto time = fs::last_write_time(root_ + "/docs/a.txt");
  sync_docs();
  write("a.txt", "other");
  fs::last_write_time(root_ + "/docs/a.txt", time);
  EXPECT_EQ(counts(sync_docs()), "0/1/0/0/0/0");
}

TEST_F(SyncTest, RemovesWhatIsGoneUnderTheRootsOnly) {
  write("a.txt", "one");
  write("b/b.txt", "two");
  write("bb/c.txt", "three");
  sync_docs();
  erase("b/b.txt");
  erase("bb");
  erase("a.txt");
  SyncOptions options;
  options.base_directory = root_;
  const std::vector<std::string> roots = {root_ + "/docs/b"};
  EXPECT_EQ(counts(sync(*collection_, roots, options)), "0/0/0/1/0/0");
  EXPECT_EQ(names(), (Names{"docs/a.txt", "docs/bb/c.txt"}));
}

TEST_F(SyncTest, KeepsTheVectorsOfARenamedFile) {
  write("a.txt", "some words");
  sync_docs();
  fs::rename(root_ + "/docs/a.txt", root_ + "/docs/z.txt");
  const SyncReport report = sync_docs();
  EXPECT_EQ(counts(report), "1/0/0/1/0/0");
  EXPECT_EQ(report.passages.embedded, 0u);
}

TEST_F(SyncTest, SkipsBinaryFilesAndRemovesWhatBecameOne) {
  write("a.txt", "words");
  sync_docs();
  write("a.txt", std::string_view("wo\0rds", 6));
  const SyncReport report = sync_docs();
  EXPECT_EQ(counts(report), "0/0/0/1/1/0");
  EXPECT_EQ(report.skipped[0].path, "docs/a.txt");
  EXPECT_EQ(report.skipped[0].reason, "binary");
}

TEST_F(SyncTest, KeepsTheEarlierVersionOfAFileThatFails) {
  write("a.txt", "good words");
  write("b.txt", "more words");
  sync_docs();
  write("a.txt", "bad \xFF");
  write("b.txt", "even more words");
  const SyncReport report = sync_docs();
  EXPECT_EQ(counts(report), "0/1/0/0/0/1");
  EXPECT_EQ(report.failed[0].path, "docs/a.txt");
  EXPECT_EQ(report.failed[0].message, "expected UTF-8, found an invalid byte at offset 4");
  EXPECT_EQ(names(), (Names{"docs/a.txt", "docs/b.txt"}));
  EXPECT_EQ(collection_->documents()[0].size, 10u);
}

TEST_F(SyncTest, ReplacesInvalidUtf8WhenAsked) {
  write("a.txt", "caf\xE9 words");
  EXPECT_EQ(counts(sync_docs({.base_directory = {}, .invalid_utf8 = InvalidUtf8::kReplace})),
            "1/0/0/0/0/0");
  const SearchResult result = collection_->search("words", {});
  ASSERT_EQ(result.hits.size(), 1u);
  EXPECT_EQ(result.hits[0].passage.text, "caf\xE9 words");
  EXPECT_EQ(result.hits[0].passage.bytes, (ByteRange{0, 10}));
}

TEST_F(SyncTest, DecidesButChangesNothingInADryRun) {
  write("a.txt", "one");
  write("b.txt", "two");
  sync_docs();
  write("a.txt", "one and more");
  erase("b.txt");
  write("c.txt", "three");
  write("d.txt", "");
  const std::uint64_t commit = collection_->info().commit;
  const SyncReport dry = sync_docs({.base_directory = {}, .dry_run = true});
  EXPECT_EQ(counts(dry), "1/1/0/1/1/0");
  EXPECT_EQ(collection_->info().commit, commit);
  const SyncReport real = sync_docs();
  EXPECT_EQ(counts(real), counts(dry));
  EXPECT_EQ(real.passages.passages, dry.passages.passages);
}

TEST_F(SyncTest, NamesFilesOutsideTheBaseByTheirAbsolutePath) {
  write("a.txt", "one");
  SyncOptions options;
  options.base_directory = root_ + "/docs/deeper";
  const std::vector<std::string> roots = {root_ + "/docs/./a.txt"};
  sync(*collection_, roots, options);
  EXPECT_EQ(names(), Names{root_ + "/docs/a.txt"});
  erase("a.txt");
  const std::vector<std::string> all = {root_ + "/docs"};
  EXPECT_EQ(sync(*collection_, all, options).removed, 1u);
}

TEST_F(SyncTest, CommitsInBatchesAndTellsHowFarItIs) {
  for (int i = 0; i < 600; ++i) write(concat("f", i, ".txt"), concat("words number ", i));
  SyncOptions options;
  options.base_directory = root_;
  const std::vector<std::string> roots = {root_ + "/docs"};
  SyncProgress last;
  const SyncReport report = sync(*collection_, roots, options, [&](const SyncProgress& now) {
    EXPECT_GE(now.files_seen, last.files_seen);
    EXPECT_GE(now.passages_embedded, last.passages_embedded);
    last = now;
  });
  EXPECT_EQ(report.added, 600u);
  EXPECT_EQ(last.files_total, 600u);
  EXPECT_EQ(last.files_seen, 600u);
  EXPECT_EQ(last.passages_embedded, 600u);
  EXPECT_EQ(last.tokens_embedded, report.passages.tokens);
  EXPECT_GE(collection_->info().commit, 3u);
}

TEST_F(SyncTest, GoesOnWhereARunStopped) {
  for (int i = 0; i < 600; ++i) write(concat("f", 100 + i, ".txt"), concat("words number ", i));
  SyncOptions options;
  options.base_directory = root_;
  const std::vector<std::string> roots = {root_ + "/docs"};
  EXPECT_THROW(sync(*collection_, roots, options,
                    [](const SyncProgress& now) {
                      if (now.files_seen == 300) throw Error(ErrorCode::kConflict, "stop");
                    }),
               Error);
  collection_.reset();
  collection_.emplace(open());
  const SyncReport report = sync_docs();
  EXPECT_EQ(report.unchanged, 256u);
  EXPECT_EQ(report.added, 344u);
}

TEST_F(SyncTest, NeverCutsAPassageAtTheLimitOfTheModel) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += concat("word", i, i % 9 == 0 ? ".\n\n" : " ");
  write("a.md", "# " + std::string(300, 'x') + "\n\n" + text);
  write("b.txt", std::string(100'000, 'y'));
  const SyncReport report = sync_docs({.base_directory = {}, .max_passage_tokens = 24});
  EXPECT_GT(report.passages.passages, 20u);
  EXPECT_EQ(report.passages.truncated, 0u);
}

TEST_F(SyncTest, ThrowsForAMissingRootBeforeAnythingChanges) {
  write("a.txt", "one");
  const std::vector<std::string> roots = {root_ + "/docs", root_ + "/nowhere"};
  EXPECT_THROW(sync(*collection_, roots, {.base_directory = root_}), Error);
  EXPECT_TRUE(names().empty());
}

TEST_F(SyncTest, ReportsAFileWhoseNameIsNotUtf8) {
  write("a.txt", "one");
  std::ofstream(root_ + "/docs/\xFF.txt") << "two";
  const SyncReport report = sync_docs();
  EXPECT_EQ(counts(report), "1/0/0/0/0/1");
  EXPECT_EQ(report.failed[0].path, "docs/\xEF\xBF\xBD.txt");
}

}  // namespace
}  // namespace sememe
