#include "model/sentence_transformers.h"

#include <gtest/gtest.h>

#include "model/test_models.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

class ModelDirectory : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    directory_ = Path(testing::TempDir()) / ("model-config-" + name);
    std::filesystem::remove_all(directory_);
    write_bert(directory_, TestShape());
  }

  void write(const Path& name, const std::string& text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    write_file_atomic(directory_ / name, text);
  }
  // modules.json with these types in the folders "", "1_Pooling", "2_Normalize".
  void write_modules(const std::vector<std::string>& types) const {
    const std::string paths[] = {"", "1_Pooling", "2_Normalize", "3"};
    Json modules = Json::array();
    for (std::size_t i = 0; i < types.size(); ++i) {
      modules.push_back({{"idx", i}, {"path", paths[i]}, {"type", types[i]}});
    }
    write("modules.json", modules.dump());
  }
  void edit_config(const char* key, const Json& value) const {
    Json config = read_json(directory_ / "config.json");
    config[key] = value;
    write("config.json", config.dump());
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

TEST_F(ModelDirectory, WithoutModulesMeansMeanPoolingAndNoNormalisation) {
  const ModelConfig config = read_model_config(directory_);
  EXPECT_EQ(config.pooling, Pooling::kMean);
  EXPECT_FALSE(config.normalize);
  EXPECT_EQ(config.hidden, 48);
  EXPECT_EQ(config.max_tokens, 40);
  EXPECT_EQ(config.query_prompt, "");
}

TEST_F(ModelDirectory, ReadsBothDialectsOfModulesAndPooling) {
  write_modules({"sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling",
                 "sentence_transformers.models.Normalize"});
  write("1_Pooling/config.json",
        R"({"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false})");
  EXPECT_EQ(read_model_config(directory_).pooling, Pooling::kCls);
  EXPECT_TRUE(read_model_config(directory_).normalize);

  write_modules({"sentence_transformers.base.modules.transformer.Transformer",
                 "sentence_transformers.sentence_transformer.modules.pooling.Pooling"});
  write("1_Pooling/config.json", R"({"pooling_mode":"mean","include_prompt":true})");
  EXPECT_EQ(read_model_config(directory_).pooling, Pooling::kMean);
  EXPECT_FALSE(read_model_config(directory_).normalize);
}

TEST_F(ModelDirectory, NamesModulesThatItCannotRun) {
  write_modules({"x.Transformer", "x.Pooling", "sentence_transformers.models.Dense"});
  write("1_Pooling/config.json", R"({"pooling_mode":"mean"})");
  expect_error(ErrorCode::kUnsupported, "found \"sentence_transformers.models.Dense\"");
  write_modules({"x.LSTM"});
  expect_error(ErrorCode::kUnsupported, "\"x.LSTM\"");
  write_modules({"x.Transformer", "x.Pooling", "x.Normalize", "x.Dense"});
  expect_error(ErrorCode::kUnsupported, "found 4");
  write("modules.json", "{}");
  expect_error(ErrorCode::kCorrupt, "expected a list");
  write("modules.json", R"([{"path":"../other","type":"a.Transformer"}])");
  expect_error(ErrorCode::kCorrupt, "\"../other\"");
}

TEST_F(ModelDirectory, NamesPoolingThatIsNotExactlyMeanOrCls) {
  write_modules({"x.Transformer", "x.Pooling"});
  expect_error(ErrorCode::kNotFound, "1_Pooling/config.json");
  write("1_Pooling/config.json", R"({"pooling_mode":"lasttoken"})");
  expect_error(ErrorCode::kUnsupported, "\"lasttoken\"");
  write("1_Pooling/config.json",
        R"({"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":true})");
  expect_error(ErrorCode::kUnsupported, "\"pooling_mode_max_tokens\" and ");
  write("1_Pooling/config.json", "{}");
  expect_error(ErrorCode::kUnsupported, "found none");
  write("1_Pooling/config.json", R"({"pooling_mode":"mean","include_prompt":false})");
  expect_error(ErrorCode::kUnsupported, "include_prompt");
}

TEST_F(ModelDirectory, NamesArchitecturesThatItCannotRun) {
  edit_config("model_type", "roberta");
  expect_error(ErrorCode::kUnsupported, "\"model_type\": expected \"bert\", found \"roberta\"");
  edit_config("model_type", "bert");
  edit_config("hidden_act", "relu");
  expect_error(ErrorCode::kUnsupported, "found \"relu\"");
  edit_config("hidden_act", "gelu");
  edit_config("position_embedding_type", "relative_key");
  expect_error(ErrorCode::kUnsupported, "found \"relative_key\"");
}

TEST_F(ModelDirectory, RefusesSizesThatContradictEachOther) {
  edit_config("num_attention_heads", 5);
  expect_error(ErrorCode::kCorrupt, "found 48 and 5");
  edit_config("num_attention_heads", 0);
  expect_error(ErrorCode::kCorrupt, "expected 1 to");
  edit_config("num_attention_heads", "four");
  expect_error(ErrorCode::kCorrupt, "config.json");
  edit_config("num_attention_heads", 4);
  edit_config("layer_norm_eps", -1.0);
  expect_error(ErrorCode::kCorrupt, "layer_norm_eps");
  std::filesystem::remove(directory_ / "config.json");
  expect_error(ErrorCode::kNotFound, "config.json");
}

TEST_F(ModelDirectory, TakesTheTokenLimitFromTheFirstFileThatStatesIt) {
  write("tokenizer_config.json", R"({"model_max_length":1000000000000000019884624838656})");
  EXPECT_EQ(read_model_config(directory_).max_tokens, 40);
  write("tokenizer_config.json", R"({"model_max_length":32})");
  EXPECT_EQ(read_model_config(directory_).max_tokens, 32);
  write("sentence_bert_config.json", R"({"max_seq_length":null})");
  EXPECT_EQ(read_model_config(directory_).max_tokens, 32);
  write("sentence_bert_config.json", R"({"max_seq_length":16})");
  EXPECT_EQ(read_model_config(directory_).max_tokens, 16);
  write("sentence_bert_config.json", R"({"max_seq_length":512})");
  EXPECT_EQ(read_model_config(directory_).max_tokens, 40);
}

TEST_F(ModelDirectory, ReadsPromptsUnderTheNamesInUse) {
  write("config_sentence_transformers.json",
        R"({"prompts":{"query":"query: ","passage":"passage: "}})");
  EXPECT_EQ(read_model_config(directory_).query_prompt, "query: ");
  EXPECT_EQ(read_model_config(directory_).document_prompt, "passage: ");
  write("config_sentence_transformers.json", R"({"prompts":{"query":7}})");
  expect_error(ErrorCode::kCorrupt, "\"query\"");
}

}  // namespace
}  // namespace sememe::model
