#include "tokens/tokenizer_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sememe/error.h"
#include "sememe/tokenizer.h"
#include "tokens/test_support.h"

namespace sememe::tokens {
namespace {

using testing_support::make_tokenizer;
using testing_support::tiny_tokenizer_json;

// "code: message" of the Error, or "" when the file is accepted.
std::string error_of(std::string_view bytes) {
  try {
    Tokenizer::from_json(bytes, "file");
  } catch (const Error& error) {
    return std::string(error_info(error.code()).name) + ": " + error.what();
  }
  return "";
}

std::string error_with(std::string_view pointer, const Json& value) {
  Json json = tiny_tokenizer_json({"a"});
  json[Json::json_pointer(std::string(pointer))] = value;
  return error_of(json.dump());
}

TEST(TokenizerJson, RefusesWrongTypes) {
  EXPECT_EQ(error_of("[]"), "corrupt: file: file: expected an object, found array");
  EXPECT_EQ(error_of("7"), "corrupt: file: file: expected an object, found number");
  EXPECT_EQ(error_with("/model", 5), "corrupt: file: model: expected an object, found number");
  EXPECT_EQ(error_with("/model/vocab/a", "x"),
            "corrupt: file: vocabulary: token \"a\": expected a whole number >= 0, found string");
  EXPECT_EQ(error_with("/model/vocab/a", -1),
            "corrupt: file: vocabulary: token \"a\": expected a whole number >= 0, found number");
  EXPECT_EQ(error_with("/model/unk_token", nullptr),
            "corrupt: file: model: \"unk_token\": expected a string, found null");
  EXPECT_EQ(error_with("/normalizer/lowercase", 1),
            "corrupt: file: normalizer: \"lowercase\": expected true or false, found number");
  EXPECT_EQ(error_with("/added_tokens", "x"),
            "corrupt: file: added_tokens: expected an array, found string");
  EXPECT_EQ(error_with("/added_tokens", {1}),
            "corrupt: file: added token: expected an object, found number");
}

TEST(TokenizerJson, NamesComponentsThatAreNotOffered) {
  EXPECT_EQ(error_with("/model/type", "BPE"),
            "unsupported: file: model: expected WordPiece, found \"BPE\", which this version does "
            "not offer");
  EXPECT_NE(error_with("/normalizer/type", "Precompiled").find("\"Precompiled\""),
            std::string::npos);
  EXPECT_NE(error_with("/pre_tokenizer/type", "ByteLevel").find("\"ByteLevel\""),
            std::string::npos);
  EXPECT_NE(error_with("/post_processor/type", "RobertaProcessing").find("\"RobertaProcessing\""),
            std::string::npos);
}

TEST(TokenizerJson, RefusesContradictions) {
  EXPECT_EQ(error_with("/model/vocab/b", 3),
            "corrupt: file: vocabulary: tokens \"a\" and \"b\" have the same id 3");
  EXPECT_EQ(error_with("/model/unk_token", "<unk>"),
            "corrupt: file: model: expected the unk_token \"<unk>\" in the vocabulary of 4 tokens, "
            "it is missing");
  EXPECT_EQ(error_with("/post_processor/cls", {"[CLS]", 99}),
            "corrupt: file: post_processor: expected the id of a token, found 99");
  EXPECT_EQ(error_of(R"({"model": {"vocab": {"a": 1}, "vocab": {"a": 1}}})"),
            "corrupt: file: model: expected one \"vocab\"");
  EXPECT_EQ(error_of(R"({"model": {"type": "WordPiece", "unk_token": "a", "vocab": {"a": 1, "a": 2},
                         "continuing_subword_prefix": "", "max_input_chars_per_word": 1}})"),
            "corrupt: file: vocabulary: token \"a\" has two ids, 1 and 2");
}

TEST(TokenizerJson, AcceptsAHugeIdWithoutAHugeTable) {
  Json json = tiny_tokenizer_json({"a"});
  json["model"]["vocab"]["b"] = 4'000'000'000;
  const Tokenizer tokenizer = make_tokenizer(json);
  EXPECT_EQ(tokenizer.vocabulary_size(), 4'000'000'001U);
  EXPECT_EQ(tokenizer.encode("b").ids[1], TokenId{4'000'000'000});
}

TEST(TokenizerJson, RefusesAnIdPast32Bits) {
  EXPECT_EQ(error_with("/model/vocab/b", 4'294'967'295),
            "corrupt: file: token \"b\": expected an id below 4294967295, found 4294967295");
}

TEST(TokenizerJson, RefusesAnEmptyVocabulary) {
  EXPECT_NE(error_with("/model/vocab", Json::object()).find("in the vocabulary of 0 tokens"),
            std::string::npos);
}

TEST(TokenizerJson, RefusesBrokenJson) {
  const std::string whole = tiny_tokenizer_json({"a"}).dump();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_TRUE(error_of(whole.substr(0, size)).starts_with("corrupt: file: ")) << size;
  }
  EXPECT_TRUE(error_of("{\"model\": \"\xFF\"}").starts_with("corrupt: file: invalid JSON at byte"));
}

TEST(TokenizerJson, RefusesDeepNesting) {
  EXPECT_EQ(error_of(std::string(1'000'000, '[')),
            "corrupt: file: expected JSON of at most 256 levels, found more");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(error_of(objects), "corrupt: file: expected JSON of at most 256 levels, found more");
}

TEST(TokenizerJson, RefusesTooManyNormalizerSteps) {
  Json steps = Json::array();
  for (int i = 0; i < 1'000; ++i) steps.push_back({{"type", "NFD"}});
  EXPECT_TRUE(error_with("/normalizer", {{"type", "Sequence"}, {"normalizers", steps}})
                  .starts_with("limit: file: normalizer"));
}

TEST(TokenizerJson, ReadsATemplate) {
  Json json = tiny_tokenizer_json({"a"});
  json["post_processor"] = Json::parse(R"({
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "end", "type_id": 0}}],
    "pair": [],
    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                       "end": {"id": "end", "ids": [2, 1], "tokens": ["[SEP]", "[CLS]"]}}
  })");
  const Tokenizer tokenizer = make_tokenizer(json);
  EXPECT_EQ(testing_support::ids_of(tokenizer.encode("a")),
            (std::vector<std::uint32_t>{1, 3, 2, 1}));
  json["post_processor"]["single"][1]["Sequence"]["id"] = "B";
  EXPECT_TRUE(error_of(json.dump()).starts_with("unsupported: file: post_processor"));
}

TEST(TokenizerJson, TakesMissingPartsAsNone) {
  Json json = tiny_tokenizer_json({"A b"});
  for (const char* const part : {"normalizer", "pre_tokenizer", "post_processor", "added_tokens"}) {
    json.erase(part);
  }
  EXPECT_EQ(testing_support::ids_of(make_tokenizer(json).encode("A b")),
            std::vector<std::uint32_t>{3});
}

TEST(TokenizerJson, LeavesTruncationAndPaddingToTheModel) {
  Json json = tiny_tokenizer_json({"a"});
  json["truncation"] = {{"max_length", 3}, {"strategy", "LongestFirst"}, {"stride", 0}};
  json["padding"] = {{"strategy", {{"Fixed", 128}}}, {"pad_id", 0}};
  EXPECT_EQ(make_tokenizer(json).encode("a a a a a").ids.size(), 7U);
}

}  // namespace
}  // namespace sememe::tokens
