#include "ingest/ignore_rules.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "base/error_context.h"

namespace sememe::ingest {
namespace {

namespace fs = std::filesystem;

/// "ignored", "included" or "none".
std::string verdict(std::string_view rules, std::string_view path,
                    EntryType type = EntryType::kFile) {
  const auto found = IgnoreRules::parse(rules, ".gitignore").match(path, type);
  if (!found) return "none";
  return found->ignored ? "ignored" : "included";
}

TEST(IgnoreRules, MatchesANameWithoutSlashAtAnyDepth) {
  EXPECT_EQ(verdict("*.log\n", "a.log"), "ignored");
  EXPECT_EQ(verdict("*.log\n", "deep/er/a.log"), "ignored");
  EXPECT_EQ(verdict("*.log\n", "a.logs"), "none");
}

TEST(IgnoreRules, AnchorsAPatternThatHasASlash) {
  EXPECT_EQ(verdict("/build\n", "build"), "ignored");
  EXPECT_EQ(verdict("/build\n", "src/build"), "none");
  EXPECT_EQ(verdict("doc/*.txt\n", "doc/a.txt"), "ignored");
  EXPECT_EQ(verdict("doc/*.txt\n", "doc/sub/a.txt"), "none");
  EXPECT_EQ(verdict("doc/*.txt\n", "x/doc/a.txt"), "none");
}

TEST(IgnoreRules, TakesATrailingSlashForDirectoriesOnly) {
  EXPECT_EQ(verdict("out/\n", "out"), "none");
  EXPECT_EQ(verdict("out/\n", "a/out", EntryType::kDirectory), "ignored");
}

TEST(IgnoreRules, LetsTheLastMatchingLineDecide) {
  EXPECT_EQ(verdict("*.txt\n!keep.txt\n", "keep.txt"), "included");
  EXPECT_EQ(verdict("!keep.txt\n*.txt\n", "keep.txt"), "ignored");
}

TEST(IgnoreRules, CrossesDirectoriesWithTwoStars) {
  EXPECT_EQ(verdict("**/foo\n", "foo"), "ignored");
  EXPECT_EQ(verdict("**/foo\n", "a/b/foo"), "ignored");
  EXPECT_EQ(verdict("a/**/b\n", "a/b"), "ignored");
  EXPECT_EQ(verdict("a/**/b\n", "a/x/y/b"), "ignored");
  EXPECT_EQ(verdict("a/**/b\n", "a/xb"), "none");
  EXPECT_EQ(verdict("a/**\n", "a/x/y"), "ignored");
  EXPECT_EQ(verdict("a/**\n", "a", EntryType::kDirectory), "none");
  EXPECT_EQ(verdict("x/a**b\n", "x/a/b"), "none");
}

TEST(IgnoreRules, ReadsCharacterClasses) {
  EXPECT_EQ(verdict("[a-c]x\n", "bx"), "ignored");
  EXPECT_EQ(verdict("[!a-c]x\n", "bx"), "none");
  EXPECT_EQ(verdict("[^a-c]x\n", "dx"), "ignored");
  EXPECT_EQ(verdict("[]]x\n", "]x"), "ignored");
  EXPECT_EQ(verdict("[[:digit:]_]x\n", "7x"), "ignored");
  EXPECT_EQ(verdict("[[:nonsense:]]x\n", "nx"), "none");
  EXPECT_EQ(verdict("[a-x\n", "a"), "none");
  EXPECT_EQ(verdict("d/a[/]b\n", "d/a/b"), "none");
}

TEST(IgnoreRules, ReadsEscapesCommentsAndTrailingSpaces) {
  EXPECT_EQ(verdict("#a\n", "#a"), "none");
  EXPECT_EQ(verdict("\\#a\n", "#a"), "ignored");
  EXPECT_EQ(verdict("\\!a\n", "!a"), "ignored");
  EXPECT_EQ(verdict("a  \n", "a"), "ignored");
  EXPECT_EQ(verdict("a\\ \n", "a "), "ignored");
  EXPECT_EQ(verdict("a\r\n", "a"), "ignored");
  EXPECT_EQ(verdict("a\\*b\n", "a*b"), "ignored");
  EXPECT_EQ(verdict("a\\*b\n", "axb"), "none");
  EXPECT_EQ(verdict("a\\\n", "a"), "none");
  EXPECT_EQ(verdict("\xEF\xBB\xBF"
                    "a\n",
                    "a"),
            "ignored");
  EXPECT_EQ(verdict("a", "a"), "ignored");
}

TEST(IgnoreRules, NamesTheLineThatDecided) {
  const auto found =
      IgnoreRules::parse("x\n*.log\n", "d/.gitignore").match("a.log", EntryType::kFile);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source, "d/.gitignore:2: *.log");
}

TEST(Glob, NeedsNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "**/*a";
  EXPECT_FALSE(Glob(pattern, Glob::Scope::kPath).matches(std::string(4000, 'a')));
}

class IgnoreScopeTest : public testing::Test {
 protected:
  IgnoreScopeTest() {
    root_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~IgnoreScopeTest() override { fs::remove_all(root_); }

  void write(const fs::path& name, std::string_view text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  fs::path root_;
};

TEST_F(IgnoreScopeTest, PrefersNearerDirectoriesAndDotIgnore) {
  write(".git/info/exclude", "*.tmp\n*.low\n");
  write(".gitignore", "*.log\n!x.low\n");
  write("a/.gitignore", "!keep.log\n*.txt\n");
  write("a/.ignore", "!read.txt\n");
  const auto scope = IgnoreScope::load_with_parents(root_ / "a");
  EXPECT_TRUE(scope->match("b.log", EntryType::kFile)->ignored);
  EXPECT_FALSE(scope->match("keep.log", EntryType::kFile)->ignored);
  EXPECT_TRUE(scope->match("b.txt", EntryType::kFile)->ignored);
  EXPECT_FALSE(scope->match("read.txt", EntryType::kFile)->ignored);
  EXPECT_TRUE(scope->match("b.tmp", EntryType::kFile)->ignored);
  EXPECT_FALSE(scope->match("x.low", EntryType::kFile)->ignored);
  EXPECT_FALSE(scope->match("b.cc", EntryType::kFile).has_value());
}

TEST_F(IgnoreScopeTest, LooksAboveTheDirectoryOnlyInARepository) {
  write(".gitignore", "*.log\n");
  fs::create_directories(root_ / "a");
  EXPECT_FALSE(IgnoreScope::load_with_parents(root_ / "a")->match("b.log", EntryType::kFile));
  fs::create_directories(root_ / ".git");
  EXPECT_TRUE(IgnoreScope::load_with_parents(root_ / "a")->match("b.log", EntryType::kFile));
}

TEST_F(IgnoreScopeTest, ForgetsTheOuterGitignoreInsideANestedRepository) {
  write(".gitignore", "*.log\n");
  write(".ignore", "*.dat\n");
  fs::create_directories(root_ / ".git");
  fs::create_directories(root_ / "inner/.git");
  const auto scope = IgnoreScope::load_with_parents(root_);
  const auto inner = IgnoreScope::load(root_ / "inner", scope);
  EXPECT_FALSE(inner->match("b.log", EntryType::kFile).has_value());
  EXPECT_TRUE(inner->match("b.dat", EntryType::kFile).has_value());
}

// ---- Parity with git -------------------------------------------------------------------------

/// Patterns and paths are drawn from the same few letters, so that they meet often.
std::string random_pattern(std::mt19937_64& random) {
  static constexpr std::string_view kPieces[] = {
      "a",   "b",   "c",   "ab",  "*",  "**", "/",           "/",    "?",  "[ab]", "[!a]",
      "\\a", "**/", "/**", "*.c", ".c", "a/", "[[:alpha:]]", "[a-b", "b*", "***/", "\\*"};
  std::string pattern = random() % 5 == 0 ? "!" : "";
  for (std::size_t n = 1 + random() % 4; n > 0; --n) {
    pattern += kPieces[random() % std::size(kPieces)];
  }
  if (random() % 4 == 0) pattern += "/";
  if (random() % 6 == 0) pattern += random() % 2 == 0 ? "  " : "\\ ";
  return pattern + "\n";
}

std::string shell_quote(const std::string& text) { return "'" + text + "'"; }

/// What `git check-ignore` prints for the paths in `list`.
std::set<std::string> git_ignored(const fs::path& root, const fs::path& list) {
  const std::string command = concat("git -C ", shell_quote(root.native()),
                                     " -c core.excludesFile=/dev/null check-ignore --no-index "
                                     "--stdin < ",
                                     shell_quote(list.native()));
  std::set<std::string> lines;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) {
    lines.insert(std::string(buffer, std::strlen(buffer) - 1));
  }
  pclose(pipe);
  return lines;
}

/// What a walk with our rules would not reach.
void collect_ignored(const fs::path& directory, const fs::path& relative,
                     const std::shared_ptr<const IgnoreScope>& scope, bool parent_ignored,
                     std::set<std::string>& ignored) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (name == ".git") continue;
    const fs::path path = relative / name;
    const auto type = entry.is_directory() ? EntryType::kDirectory : EntryType::kFile;
    const auto found = scope->match(name, type);
    const bool is_ignored = parent_ignored || (found && found->ignored);
    if (is_ignored) ignored.insert(path);
    if (entry.is_directory()) {
      collect_ignored(entry.path(), path, IgnoreScope::load(entry.path(), scope), is_ignored,
                      ignored);
    }
  }
}

TEST_F(IgnoreScopeTest, AgreesWithGitOnRandomTreesAndPatterns) {
  if (std::system("git --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
  const char* given = std::getenv("SEMEME_TEST_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  std::mt19937_64 random(seed);
  constexpr std::string_view kNames[] = {"a", "b", "c", "ab", "ba", "a.c", "b.c", "a ", "*"};
  std::size_t ignored_in_all = 0;
  for (int round = 0; round < 40; ++round) {
    const fs::path root = root_ / std::to_string(round);
    fs::create_directories(root / ".git/info");
    fs::create_directories(root / ".git/refs");
    fs::create_directories(root / ".git/objects");
    std::ofstream(root / ".git/HEAD") << "ref: refs/heads/main\n";
    for (int file = 0; file < 60; ++file) {
      fs::path path = root;
      for (std::size_t depth = random() % 3; depth > 0; --depth) {
        const fs::path below = path / kNames[random() % std::size(kNames)];
        if (fs::exists(below) && !fs::is_directory(below)) break;
        path = below;
      }
      fs::create_directories(path);
      const fs::path leaf = path / kNames[random() % std::size(kNames)];
      if (!fs::exists(leaf)) std::ofstream(leaf) << "x";
    }
    std::string all_rules;
    std::ofstream list(root_ / "list");
    std::vector<fs::path> directories = {root};
    for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
         ++it) {
      if (it->path().filename() == ".git") {
        it.disable_recursion_pending();
        continue;
      }
      list << fs::relative(it->path(), root).native() << "\n";
      if (it->is_directory()) directories.push_back(it->path());
    }
    for (const fs::path& directory : directories) {
      if (directory != root && random() % 3 != 0) continue;
      std::string rules;
      for (std::size_t n = 1 + random() % 3; n > 0; --n) rules += random_pattern(random);
      std::ofstream(directory / ".gitignore") << rules;
      all_rules += concat(directory.native(), ":\n", rules);
    }
    std::ofstream(root / ".git/info/exclude") << random_pattern(random);
    list.close();
    const std::set<std::string> expected = git_ignored(root, root_ / "list");
    std::set<std::string> found;
    collect_ignored(root, "", IgnoreScope::load_with_parents(root), false, found);
    std::erase_if(found, [](const std::string& path) { return path.ends_with(".gitignore"); });
    ASSERT_EQ(found, expected) << "seed " << seed << ", round " << round << "\n" << all_rules;
    ignored_in_all += expected.size();
  }
  EXPECT_GT(ignored_in_all, 300u);
}

}  // namespace
}  // namespace sememe::ingest
