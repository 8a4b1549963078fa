#include "train/static_vocabulary.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "sememe/error.h"
#include "sememe/tokenizer.h"

namespace sememe::train {
namespace {

Json added(std::size_t id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

// A BERT tokenizer.json with gaps and an order of its own.
Json teacher_json() {
  Json json = Json::parse(R"({
    "version": "1.0",
    "truncation": {"direction": "Right", "max_length": 128, "strategy": "LongestFirst", "stride": 0},
    "padding": {"strategy": {"Fixed": 128}, "pad_id": 0, "pad_token": "[PAD]"},
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                   "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100,
              "vocab": {"[PAD]": 0, "[unused0]": 1, "[unused12]": 2, "[unused]": 3, "[UNK]": 100,
                        "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, ".": 110, "the": 200,
                        "river": 120, "##s": 130}}
  })");
  json["added_tokens"] = {added(0, "[PAD]"),   added(100, "[UNK]"),  added(101, "[CLS]"),
                          added(102, "[SEP]"), added(103, "[MASK]"), added(300, "<new>")};
  return json;
}

TEST(StaticVocabularyTest, KeepsWhatTextsHold) {
  const StaticVocabulary vocabulary = static_vocabulary(teacher_json().dump());
  EXPECT_EQ(vocabulary.tokens,
            (std::vector<std::string>{"[unused]", "[UNK]", ".", "river", "##s", "the"}));
  EXPECT_EQ(vocabulary.teacher_ids,
            (std::vector<TokenId>{TokenId{3}, TokenId{100}, TokenId{110}, TokenId{120},
                                  TokenId{130}, TokenId{200}}));
  EXPECT_EQ(vocabulary.before, std::vector<TokenId>{TokenId{101}});
  EXPECT_EQ(vocabulary.after, std::vector<TokenId>{TokenId{102}});
  EXPECT_EQ(vocabulary.unknown, "[UNK]");
  EXPECT_EQ(vocabulary.continuation, "##");
}

TEST(StaticVocabularyTest, WritesATokenizerForTheKeptTokens) {
  const StaticVocabulary vocabulary = static_vocabulary(teacher_json().dump());
  const Tokenizer tokenizer = Tokenizer::from_json(vocabulary.tokenizer_json, "kept");
  EXPECT_EQ(tokenizer.vocabulary_size(), 6U);
  EXPECT_EQ(tokenizer.special_token_count(), 0U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(tokenizer.token(TokenId(i)), vocabulary.tokens[i]);
  }
  const Encoding encoding = tokenizer.encode("The rivers. sea");
  EXPECT_EQ(encoding.ids,
            (std::vector<TokenId>{TokenId{5}, TokenId{3}, TokenId{4}, TokenId{2}, TokenId{1}}));
  const Json json = Json::parse(vocabulary.tokenizer_json);
  EXPECT_TRUE(json["truncation"].is_null());
  EXPECT_TRUE(json["padding"].is_null());
  EXPECT_EQ(json["added_tokens"], Json::array({added(1, "[UNK]")}));
  EXPECT_EQ(json["decoder"], teacher_json()["decoder"]);
  EXPECT_TRUE(vocabulary.tokenizer_json.starts_with(R"({"version":"1.0","truncation":null)"));
}

TEST(StaticVocabularyTest, RefusesWhatLeavesNothing) {
  Json json = teacher_json();
  json["model"]["vocab"] = {{"[UNK]", 0}, {"[CLS]", 101}, {"[SEP]", 102}};
  EXPECT_THROW(static_vocabulary(json.dump()), Error);
  EXPECT_THROW(static_vocabulary("{}"), Error);
  EXPECT_THROW(static_vocabulary("not JSON"), Error);
}

}  // namespace
}  // namespace sememe::train
