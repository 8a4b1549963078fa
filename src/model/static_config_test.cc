#include "model/static_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

class StaticConfig : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    directory_ = Path(testing::TempDir()) / ("static-config-" + name);
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }

  void write(const Path& name, const std::string& text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    write_file_atomic(directory_ / name, text);
  }
  void expect_error(ErrorCode code, const std::string& part) const {
    try {
      read_model_config(directory_);
      FAIL() << "expected an Error with " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  Path directory_;
};

TEST_F(StaticConfig, Model2VecNamesItsLimitAndNormalisation) {
  write("config.json", R"({"model_type": "model2vec", "normalize": true, "max_length": 100})");
  const ModelConfig config = read_model_config(directory_);
  EXPECT_EQ(config.architecture, Architecture::kStatic);
  EXPECT_TRUE(config.normalize);
  EXPECT_TRUE(config.reading.drop_unknown);
  EXPECT_TRUE(config.reading.cut_characters);
  EXPECT_EQ(config.max_tokens, 100U);
  EXPECT_EQ(config.tokenizer_file, directory_ / "tokenizer.json");
}

TEST_F(StaticConfig, Model2VecHasItsOwnDefaults) {
  write("config.json", R"({"model_type": "model2vec"})");
  const ModelConfig config = read_model_config(directory_);
  EXPECT_FALSE(config.normalize);
  EXPECT_EQ(config.max_tokens, 512U);
}

TEST_F(StaticConfig, Model2VecWithoutALimitCutsNothing) {
  write("config.json", R"({"model_type": "model2vec", "max_length": null})");
  const ModelConfig config = read_model_config(directory_);
  EXPECT_FALSE(config.reading.cut_characters);
  EXPECT_EQ(config.max_tokens, kUnlimitedTokens);
}

TEST_F(StaticConfig, Model2VecWinsOverItsModules) {
  write("config.json", R"({"model_type": "model2vec", "normalize": false})");
  write("modules.json", R"([{"path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
                            {"path": "1", "type": "sentence_transformers.models.Normalize"}])");
  EXPECT_FALSE(read_model_config(directory_).normalize);
}

TEST_F(StaticConfig, RefusesLimitsThatAreNone) {
  write("config.json", R"({"model_type": "model2vec", "max_length": 0})");
  expect_error(ErrorCode::kCorrupt, "\"max_length\": expected at least 1 token, found 0");
  write("config.json", R"({"model_type": "model2vec", "max_length": "all"})");
  expect_error(ErrorCode::kCorrupt, "max_length");
  write("config.json", R"({"model_type": "model2vec", "normalize": 3})");
  expect_error(ErrorCode::kCorrupt, "normalize");
}

TEST_F(StaticConfig, ReadsBothDialectsOfModules) {
  write("tokenizer.json", R"({"version": "1.0", "truncation": null})");
  for (const char* prefix :
       {"sentence_transformers.models.", "sentence_transformers.sentence_transformer.modules.x."}) {
    write("modules.json",
          Json::array({{{"path", ""}, {"type", std::string(prefix) + "StaticEmbedding"}},
                       {{"path", "1"}, {"type", std::string(prefix) + "Normalize"}}})
              .dump());
    const ModelConfig config = read_model_config(directory_);
    EXPECT_EQ(config.architecture, Architecture::kStatic);
    EXPECT_TRUE(config.normalize);
    EXPECT_FALSE(config.reading.drop_unknown);
    EXPECT_EQ(config.max_tokens, kUnlimitedTokens);
  }
}

TEST_F(StaticConfig, TakesTheModulesFolderAndTheTokenizerBesideTheTable) {
  write("modules.json", R"([{"path": "0_StaticEmbedding", "type": "m.StaticEmbedding"}])");
  write("tokenizer.json", R"({"truncation": {"max_length": 7}})");
  ModelConfig config = read_model_config(directory_);
  EXPECT_EQ(config.transformer_directory, directory_ / "0_StaticEmbedding");
  EXPECT_EQ(config.tokenizer_file, directory_ / "tokenizer.json");
  EXPECT_EQ(config.max_tokens, 7U);
  EXPECT_NE(std::ranges::find(config.config_files, "tokenizer.json"), config.config_files.end());

  write("0_StaticEmbedding/tokenizer.json",
        R"({"truncation": {"direction": "Right", "max_length": 9}, "model": {"max_length": 5}})");
  config = read_model_config(directory_);
  EXPECT_EQ(config.tokenizer_file, directory_ / "0_StaticEmbedding" / "tokenizer.json");
  EXPECT_EQ(config.max_tokens, 9U);
  EXPECT_FALSE(config.normalize);
}

TEST_F(StaticConfig, ReadsPromptsOfSentenceTransformers) {
  write("modules.json", R"([{"path": "", "type": "m.StaticEmbedding"}])");
  write("tokenizer.json", "{}");
  write("config_sentence_transformers.json", R"({"prompts": {"query": "find: "}})");
  EXPECT_EQ(read_model_config(directory_).query_prompt, "find: ");
}

TEST_F(StaticConfig, RefusesOtherModulesAndFoldersOutside) {
  write("tokenizer.json", "{}");
  write("modules.json", R"([{"path": "", "type": "m.StaticEmbedding"}, {"type": "m.Dense"}])");
  expect_error(ErrorCode::kUnsupported, "\"m.Dense\"");
  write("modules.json", R"([{"path": "", "type": "m.StaticEmbedding"}, {"type": "m.Normalize"},
                            {"type": "m.Normalize"}])");
  expect_error(ErrorCode::kUnsupported, "found 3 modules");
  for (const char* path : {"../other", "/etc", "a/../../b"}) {
    write("modules.json", Json::array({{{"path", path}, {"type", "m.StaticEmbedding"}}}).dump());
    expect_error(ErrorCode::kCorrupt, "expected a folder of the model");
  }
}

TEST_F(StaticConfig, OtherDirectoriesAreNotStatic) {
  EXPECT_FALSE(is_static_model(directory_));
  write("config.json", R"(["model2vec"])");
  EXPECT_FALSE(is_static_model(directory_));
  write("config.json", R"({"model_type": "bert"})");
  write("modules.json", R"([{"path": "", "type": "sentence_transformers.models.Transformer"}])");
  EXPECT_FALSE(is_static_model(directory_));
}

}  // namespace
}  // namespace sememe::model
