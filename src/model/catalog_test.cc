#include "model/catalog.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

#include "model/checksums.h"
#include "model/encoder.h"
#include "model/test_models.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

// Sets the modification time, seconds before now.
void age(const Path& file, long seconds) {
  const timespec now = {std::time(nullptr) - seconds, 0};
  const timespec times[2] = {now, now};
  ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

class Catalog : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("home-" + name);
    std::filesystem::remove_all(home_);
    std::filesystem::create_directories(home_ / "models");
    setenv("SEMEME_HOME", home_.c_str(), 1);
  }
  void TearDown() override { unsetenv("SEMEME_HOME"); }

  static void expect_error(ErrorCode code, const std::string& part, const std::string& name) {
    try {
      resolve_model(name);
      FAIL() << "expected an Error with " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  Path home_;
};

TEST_F(Catalog, HomeFollowsTheVariablesInOrder) {
  EXPECT_EQ(sememe_home(), home_);
  unsetenv("SEMEME_HOME");
  const char* old_data = std::getenv("XDG_DATA_HOME");
  setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(sememe_home(), "/data/sememe");
  unsetenv("XDG_DATA_HOME");
  const std::string old_home = std::getenv("HOME") == nullptr ? "/" : std::getenv("HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(sememe_home(), "/home/someone/.local/share/sememe");
  setenv("HOME", old_home.c_str(), 1);
  if (old_data != nullptr) setenv("XDG_DATA_HOME", old_data, 1);
}

TEST_F(Catalog, ResolvesNamesAndDirectoriesAndListsModels) {
  write_bert(home_ / "models" / "b", TestShape());
  write_bert(home_ / "models" / "a", TestShape());
  std::filesystem::create_directories(home_ / "models" / "empty");
  EXPECT_EQ(list_models(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(resolve_model("a"), home_ / "models" / "a");
  const std::string directory = (home_ / "models" / "b").native();
  EXPECT_EQ(resolve_model(directory), directory);
}

TEST_F(Catalog, ADirectoryHereIsFoundByItsNameAndAnInstalledModelWins) {
  write_bert(home_ / "models" / "both", TestShape());
  write_bert(home_ / "here" / "both", TestShape());
  write_bert(home_ / "here" / "mine", TestShape());
  const Path before = std::filesystem::current_path();
  std::filesystem::current_path(home_ / "here");
  EXPECT_EQ(resolve_model("mine"), "mine");
  EXPECT_EQ(resolve_model("both"), home_ / "models" / "both");
  EXPECT_EQ(durable_model_name("both"), "both");
  EXPECT_EQ(durable_model_name("mine"), std::filesystem::canonical("mine").native());
  std::filesystem::current_path(before);
}

TEST_F(Catalog, SaysWhereItLookedAndWhatHelps) {
  expect_error(ErrorCode::kNotFound, "run \"make model\"", std::string(kDefaultModel));
  expect_error(ErrorCode::kNotFound, (home_ / "models" / "other").native(), "other");
  expect_error(ErrorCode::kNotFound, "no such directory", "./other");
  expect_error(ErrorCode::kNotFound, "..", "..");
  expect_error(ErrorCode::kInvalidArgument, "expected a name", "");
  std::filesystem::remove_all(home_);
  EXPECT_TRUE(list_models().empty());
}

TEST_F(Catalog, VerifiesAnyModelByLoadingItAndLookingAtEveryWeight) {
  const Path directory = home_ / "models" / "mine";
  write_bert(directory, TestShape());
  EXPECT_TRUE(verify_model("mine").empty());
  std::fstream file(directory / "model.safetensors",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-4, std::ios::end);
  file.write("\0\0\xc0\x7f", 4);
  file.close();
  const std::vector<std::string> problems = verify_model("mine");
  ASSERT_EQ(problems.size(), 1);
  EXPECT_NE(problems[0].find("expected finite values"), std::string::npos) << problems[0];
  std::filesystem::resize_file(directory / "model.safetensors", 1000);
  EXPECT_EQ(verify_model("mine").size(), 1);
}

TEST_F(Catalog, FindsMissingTruncatedAndAlteredFilesOfThePublishedModel) {
  const Path directory = home_ / "models" / kDefaultModel;
  write_bert(directory, TestShape());
  const std::vector<std::string> problems = verify_model(kDefaultModel);
  EXPECT_EQ(problems.size(), 10);
  for (const std::string& problem : problems) {
    EXPECT_NE(problem.find("run \"make model\""), std::string::npos) << problem;
  }
  EXPECT_THROW(Encoder::load(directory), Error);
  // The same files elsewhere are somebody's own model.
  const Path elsewhere = home_ / kDefaultModel;
  write_bert(elsewhere, TestShape());
  EXPECT_NO_THROW(Encoder::load(elsewhere));
}

TEST_F(Catalog, FingerprintChangesWithAnyFileThatShapesAVector) {
  const Path directory = home_ / "models" / "mine";
  write_bert(directory, TestShape());
  const std::string before = model_fingerprint(directory);
  EXPECT_EQ(before.size(), 32);
  write_bert(home_ / "models" / "copy", TestShape());
  EXPECT_EQ(model_fingerprint(home_ / "models" / "copy"), before);
  for (const char* name : {"tokenizer.json", "sentence_bert_config.json", "tokenizer_config.json",
                           "config_sentence_transformers.json"}) {
    write_file_atomic(directory / name, "{}");
    EXPECT_NE(model_fingerprint(directory), before) << name;
    std::filesystem::remove(directory / name);
    EXPECT_EQ(model_fingerprint(directory), before) << name;
  }
  std::fstream file(directory / "model.safetensors",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.write("!", 1);
  file.close();
  EXPECT_NE(model_fingerprint(directory), before);
}

TEST_F(Catalog, ChecksumsAreRememberedUntilSizeOrTimeChange) {
  const Path file = home_ / "data";
  const Path cache = home_ / "cache" / "checksums.json";
  write_file_atomic(file, "one");
  age(file, 100);
  const std::string first = ChecksumCache(cache).xxh3(file);
  ASSERT_TRUE(std::filesystem::exists(cache));
  const FileStamp stamp = file_stamp(file);
  {
    // Other bytes behind the same stamp: the remembered value shows that the file was not read.
    std::ofstream(file, std::ios::binary) << "two";
    age(file, 100);
    ASSERT_EQ(file_stamp(file).size, stamp.size);
    if (file_stamp(file) == stamp) {
      EXPECT_EQ(ChecksumCache(cache).xxh3(file), first);
    }
  }
  age(file, 50);
  EXPECT_NE(ChecksumCache(cache).xxh3(file), first);
  EXPECT_EQ(ChecksumCache(cache).sha256(file).size(), 64);
}

TEST_F(Catalog, ADamagedOrUnwritableCacheIsIgnored) {
  const Path file = home_ / "data";
  write_file_atomic(file, "one");
  age(file, 100);
  const std::string expected = ChecksumCache(Path()).xxh3(file);
  const Path cache = home_ / "checksums.json";
  const std::string key = std::filesystem::absolute(file).lexically_normal().native();
  for (const Json& entry : {Json(), Json(1), Json::object(), Json{{"size", "x"}}}) {
    write_file_atomic(cache, Json{{key, entry}}.dump());
    EXPECT_EQ(ChecksumCache(cache).xxh3(file), expected);
  }
  write_file_atomic(cache, "not JSON");
  EXPECT_EQ(ChecksumCache(cache).xxh3(file), expected);
  EXPECT_TRUE(read_json(cache).contains(key));
  EXPECT_EQ(ChecksumCache(file / "no-directory" / "c.json").xxh3(file), expected);
}

TEST_F(Catalog, AFileChangedJustNowIsNotRemembered) {
  const Path file = home_ / "data";
  const Path cache = home_ / "checksums.json";
  write_file_atomic(file, "one");
  static_cast<void>(ChecksumCache(cache).xxh3(file));
  EXPECT_FALSE(std::filesystem::exists(cache));
}

}  // namespace
}  // namespace sememe::model
