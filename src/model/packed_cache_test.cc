#include "model/packed_cache.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "model/checksums.h"
#include "model/packed_testing.h"
#include "model/test_models.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

std::vector<std::size_t> sizes_of(const std::vector<Bytes>& sections) {
  std::vector<std::size_t> sizes;
  for (const Bytes& section : sections) sizes.push_back(section.size());
  return sizes;
}

class PackedCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("packed-" + name);
    std::filesystem::remove_all(home_);
    write_bert(model(), TestShape());
  }

  Path model() const { return home_ / "model"; }
  Path folder() const { return home_ / "cache"; }
  PackedCache cache() const { return {folder(), model(), read_model_config(model())}; }
  /// The one file that keep() writes.
  Path file() const {
    return folder() / "packed" / (model_fingerprint(model(), none_) + "-fast-int8.bin");
  }
  /// What find() gives and what it says on stderr.
  std::pair<bool, std::string> find(const std::vector<Bytes>& sections) const {
    testing::internal::CaptureStderr();
    const auto found = cache().find("fast-int8", sizes_of(sections));
    return {found.has_value(), testing::internal::GetCapturedStderr()};
  }

  static void age(const Path& file, int days) {
    std::filesystem::last_write_time(
        file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * days));
  }

  Path home_;
  mutable ChecksumCache none_{Path()};
  const std::pair<bool, std::string> absent_{false, ""};
  const std::pair<bool, std::string> present_{true, ""};
};

TEST_F(PackedCacheTest, FindsWhatWasKeptUntilTheModelChanges) {
  const std::vector<Bytes> sections = some_sections();
  EXPECT_EQ(find(sections), absent_);
  cache().keep("fast-int8", views(sections));
  EXPECT_TRUE(std::filesystem::exists(file()));
  EXPECT_EQ(find(sections), present_);
  EXPECT_FALSE(cache().find("near-int16", sizes_of(sections)));
  const auto found = cache().find("fast-int8", sizes_of(sections));
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::ranges::equal(found->sections()[3], sections[3]));
  write_file_atomic(model() / "sentence_bert_config.json", "{\"max_seq_length\": 7}");
  EXPECT_EQ(find(sections), absent_);
}

TEST_F(PackedCacheTest, DoesNotKeepWhatWasPackedWhileTheModelChanged) {
  const PackedCache before = cache();
  Json config = read_json(model() / "config.json");
  config["layer_norm_eps"] = 1e-5;
  write_file_atomic(model() / "config.json", config.dump());
  before.keep("fast-int8", views(some_sections()));
  EXPECT_FALSE(std::filesystem::exists(folder() / "packed"));
}

TEST_F(PackedCacheTest, TellsOfDamageInOneLineAndOfOtherVersionsNothing) {
  const std::vector<Bytes> sections = some_sections();
  cache().keep("fast-int8", views(sections));
  const std::string good = read_file(file());
  std::string damaged = good;
  damaged.back() ^= 1;
  for (const std::string& bytes : {damaged, std::string(), good.substr(0, 100)}) {
    write_file_atomic(file(), bytes);
    const auto [found, said] = find(sections);
    EXPECT_FALSE(found);
    EXPECT_TRUE(said.starts_with("sememe: warning: packed weights \"")) << said;
    EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
  }
  std::string later = good;
  later[8] = 77;
  write_file_atomic(file(), later);
  EXPECT_EQ(find(sections), absent_);
  cache().keep("fast-int8", views(sections));
  EXPECT_EQ(read_file(file()), good);
}

TEST_F(PackedCacheTest, RefusesSectionsOfOtherSizes) {
  std::vector<Bytes> sections = some_sections();
  cache().keep("fast-int8", views(sections));
  sections[1].resize(6);
  EXPECT_FALSE(find(sections).first);
  sections.pop_back();
  EXPECT_FALSE(find(sections).first);
}

TEST_F(PackedCacheTest, ACacheThatCannotBeUsedIsNoError) {
  const std::vector<Bytes> sections = some_sections();
  write_file_atomic(folder(), "a file where the folder should be");
  cache().keep("fast-int8", views(sections));
  EXPECT_EQ(find(sections), absent_);
  std::filesystem::remove(folder());
  std::filesystem::create_directories(file());  // a directory where the file should be
  cache().keep("fast-int8", views(sections));
  EXPECT_EQ(find(sections), absent_);
  EXPECT_TRUE(std::filesystem::is_directory(file()));
  const auto left = std::filesystem::directory_iterator(folder() / "packed");
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
  PackedCache().keep("fast-int8", views(sections));
  EXPECT_FALSE(PackedCache().find("fast-int8", sizes_of(sections)));
}

TEST_F(PackedCacheTest, AFileLargerThanTheProcessMayWriteIsNotKept) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 600;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  cache().keep("fast-int8", views(some_sections()));  // SIGXFSZ would end the test here
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(find(some_sections()), absent_);
}

TEST_F(PackedCacheTest, RemovesWhatNothingHasUsedForLongWhenItWrites) {
  const Path packed = folder() / "packed";
  std::filesystem::create_directories(packed);
  for (const char* name : {"old.bin", "used.bin", "old.bin.tmp1", "new.bin.tmp2", "notes.txt"}) {
    write_file_atomic(packed / name, "x");
  }
  age(packed / "old.bin", PackedCache::kUnusedDays + 1);
  age(packed / "used.bin", PackedCache::kUnusedDays - 1);
  age(packed / "old.bin.tmp1", 2);
  age(packed / "notes.txt", 1000);
  cache().keep("fast-int8", views(some_sections()));
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(packed)) {
    left.push_back(entry.path().filename().native());
  }
  std::ranges::sort(left);
  std::vector<std::string> expected = {file().filename().native(), "new.bin.tmp2", "notes.txt",
                                       "used.bin"};
  std::ranges::sort(expected);
  EXPECT_EQ(left, expected);
}

TEST_F(PackedCacheTest, RemovesTheLongestUnusedWhenFilesTakeTooMuch) {
  const Path packed = folder() / "packed";
  std::filesystem::create_directories(packed);
  for (int i = 1; i <= 4; ++i) {  // holes: no disk is needed
    const Path path = packed / (std::to_string(i) + ".bin");
    write_file_atomic(path, "");
    std::filesystem::resize_file(path, PackedCache::kCacheBytes / 3);
    age(path, i);
  }
  cache().keep("fast-int8", views(some_sections()));
  EXPECT_TRUE(std::filesystem::exists(packed / "1.bin"));
  EXPECT_TRUE(std::filesystem::exists(packed / "2.bin"));
  EXPECT_FALSE(std::filesystem::exists(packed / "3.bin"));
  EXPECT_FALSE(std::filesystem::exists(packed / "4.bin"));
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(PackedCacheTest, UseKeepsAFileYoung) {
  const std::vector<Bytes> sections = some_sections();
  cache().keep("fast-int8", views(sections));
  age(file(), 20);
  EXPECT_EQ(find(sections), present_);
  const auto now = std::filesystem::file_time_type::clock::now();
  EXPECT_LT(now - std::filesystem::last_write_time(file()), std::chrono::hours(1));
}

TEST_F(PackedCacheTest, WritersAtTheSameTimeNeverShowAHalfFile) {
  const std::vector<Bytes> sections(3, Bytes(100'000, 7));
  cache().keep("fast-int8", views(sections));
  std::atomic<bool> done = false;
  std::vector<std::thread> writers;
  for (int t = 0; t < 3; ++t) {
    writers.emplace_back([&] {
      const PackedCache mine = cache();
      while (!done) mine.keep("fast-int8", views(sections));
    });
  }
  for (int i = 0; i < 100; ++i) EXPECT_NO_THROW(open_packed(file(), file().stem().native()));
  done = true;
  for (std::thread& writer : writers) writer.join();
  const auto left = std::filesystem::directory_iterator(folder() / "packed");
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
}

TEST_F(PackedCacheTest, OfModelFollowsTheVariablesAndLeavesSmallModelsAlone) {
  setenv("SEMEME_HOME", home_.c_str(), 1);
  ModelConfig config = read_model_config(model());
  PackedCache::of_model(model(), config).keep("fast-int8", {});
  EXPECT_FALSE(std::filesystem::exists(file()));
  config.layers = 1000;  // a million weights
  for (const char* word : {"off", "on", ""}) {
    setenv("SEMEME_CACHE", word, 1);
    PackedCache::of_model(model(), config).keep("fast-int8", {});
    EXPECT_EQ(std::filesystem::exists(file()), std::string_view(word) != "off");
    EXPECT_EQ(checksum_cache_file().empty(), std::string_view(word) == "off");
    std::filesystem::remove_all(folder());
  }
  setenv("SEMEME_CACHE", "maybe", 1);
  EXPECT_THROW(PackedCache::of_model(model(), config), Error);
  unsetenv("SEMEME_CACHE");
  unsetenv("SEMEME_HOME");
}

}  // namespace
}  // namespace sememe::model
