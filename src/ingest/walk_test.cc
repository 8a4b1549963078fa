#include "ingest/walk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "sememe/error.h"

namespace sememe::ingest {
namespace {

namespace fs = std::filesystem;

class WalkTest : public testing::Test {
 protected:
  WalkTest() {
    root_ = normal_path(testing::TempDir() + "walk_" +
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~WalkTest() override { fs::remove_all(root_); }

  void write(const std::string& name, std::string_view text = "text") const {
    fs::create_directories(fs::path(at(name)).parent_path());
    std::ofstream(at(name)) << text;
  }
  std::string at(const std::string& name) const { return root_ + "/" + name; }

  std::vector<std::string> files(const WalkResult& result) const {
    std::vector<std::string> names;
    for (const FoundFile& file : result.files) names.push_back(file.path.substr(root_.size() + 1));
    return names;
  }
  std::map<std::string, std::string> reasons(const WalkResult& result) const {
    std::map<std::string, std::string> found;
    for (const SkippedFile& file : result.skipped) {
      found[file.path.substr(root_.size() + 1)] = file.reason;
    }
    return found;
  }
  WalkResult walk_root(const WalkOptions& options = {}) const {
    const std::vector<std::string> roots = {root_};
    return walk(roots, options);
  }

  std::string root_;
};

using Names = std::vector<std::string>;
using Reasons = std::map<std::string, std::string>;

TEST_F(WalkTest, ListsFilesByPathWithTheirStamps) {
  write("b/2.txt");
  write("b.txt", "12345");
  write("a/1.txt");
  const WalkResult result = walk_root();
  EXPECT_EQ(files(result), (Names{"a/1.txt", "b.txt", "b/2.txt"}));
  EXPECT_EQ(result.files[1].stamp, file_stamp(at("b.txt")));
}

TEST_F(WalkTest, SaysWhyAFileIsSkipped) {
  write(".gitignore", "*.log\nout/\n");
  write("a.log");
  write("out/x.txt");
  write(".env");
  write("empty.txt", "");
  write("big.txt", std::string(101, 'x'));
  write("page.html", "<p>");
  write("a.txt");
  fs::create_symlink("a.txt", at("link.txt"));
  const WalkResult result = walk_root({.max_file_bytes = 100});
  EXPECT_EQ(files(result), Names{"a.txt"});
  EXPECT_EQ(reasons(result), (Reasons{{".env", "hidden"},
                                      {".gitignore", "hidden"},
                                      {"a.log", "ignored"},
                                      {"big.txt", "too large"},
                                      {"empty.txt", "empty"},
                                      {"link.txt", "not a regular file"},
                                      {"out/", "ignored"},
                                      {"page.html", "unsupported format"}}));
  EXPECT_TRUE(result.skipped[2].detail.ends_with(".gitignore:1: *.log"))
      << result.skipped[2].detail;
}

TEST_F(WalkTest, TakesIgnoredAndHiddenFilesWhenAsked) {
  write(".gitignore", "*.log\n");
  write("a.log");
  write(".env");
  write(".git/config");
  write(".sememe/store");
  EXPECT_EQ(files(walk_root({.hidden = HiddenFiles::kTake})), (Names{".env", ".gitignore"}));
  EXPECT_EQ(files(walk_root({.ignore_files = IgnoreFiles::kDisregard})), Names{"a.log"});
}

TEST_F(WalkTest, TakesANamedFileEvenIfIgnoredAndOnceOnly) {
  write(".gitignore", "*.log\n");
  write("a.log");
  write("b.txt");
  const std::vector<std::string> roots = {root_, at("a.log"), at("./b.txt"), root_ + "/"};
  const WalkResult result = walk(roots, {});
  EXPECT_EQ(files(result), (Names{"a.log", "b.txt"}));
}

TEST_F(WalkTest, HonoursRulesOfParentsUpToTheRepository) {
  write(".git/config");
  write(".gitignore", "sub/*.log\n");
  write("sub/a.log");
  write("sub/b.txt");
  const std::vector<std::string> roots = {at("sub")};
  EXPECT_EQ(files(walk(roots, {})), Names{"sub/b.txt"});
}

TEST_F(WalkTest, ThrowsForAMissingRoot) {
  const std::vector<std::string> roots = {at("nowhere")};
  try {
    walk(roots, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
  }
}

TEST_F(WalkTest, NeverOpensPipesNorReadsHugeFiles) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0644), 0);
  write("sparse.txt");
  ASSERT_EQ(::truncate(at("sparse.txt").c_str(), off_t{2} << 30), 0);
  const WalkResult result = walk_root();
  EXPECT_TRUE(result.files.empty());
  EXPECT_EQ(reasons(result),
            (Reasons{{"pipe", "not a regular file"}, {"sparse.txt", "too large"}}));
  const std::vector<std::string> roots = {at("pipe")};
  EXPECT_EQ(walk(roots, {}).skipped.size(), 1u);
}

TEST_F(WalkTest, ReportsADirectoryThatCannotBeOpenedAndGoesOn) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may open everything";
  write("closed/a.txt");
  write("open/b.txt");
  fs::permissions(at("closed"), fs::perms::none);
  const WalkResult result = walk_root();
  fs::permissions(at("closed"), fs::perms::owner_all);
  EXPECT_EQ(files(result), Names{"open/b.txt"});
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].path, at("closed"));
}

TEST_F(WalkTest, DoesNotFollowALinkInACircle) {
  write("a/b.txt");
  fs::create_directory_symlink("..", at("a/up"));
  EXPECT_EQ(files(walk_root()), Names{"a/b.txt"});
}

TEST(IsWithin, ComparesWholeNames) {
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
}

}  // namespace
}  // namespace sememe::ingest
