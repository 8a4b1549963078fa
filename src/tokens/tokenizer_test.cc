#include "sememe/tokenizer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "sememe/error.h"
#include "tokens/test_support.h"

namespace sememe::tokens {
namespace {

using testing_support::make_tokenizer;
using testing_support::tiny_tokenizer_json;
using testing_support::tokens_of;
using Tokens = std::vector<std::string>;
using Ranges = std::vector<ByteRange>;

Json added(const std::string& content, std::initializer_list<const char*> flags) {
  Json token = {{"id", 0},         {"content", content},  {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", false}};
  for (const char* const flag : flags) token[flag] = true;
  return token;
}

const Tokenizer& tiny() {
  static const Tokenizer kTokenizer = make_tokenizer(
      tiny_tokenizer_json({"the", "cat", "##s", "sat", ".", "caf", "##e", "\xE4\xB8\xAD"}));
  return kTokenizer;
}

TEST(Tokenizer, GivesTokensWithOffsetsOfTheOriginalText) {
  const Encoding encoding = tiny().encode("The Cats sat.");
  EXPECT_EQ(tokens_of(tiny(), encoding),
            (Tokens{"[CLS]", "the", "cat", "##s", "sat", ".", "[SEP]"}));
  EXPECT_EQ(encoding.offsets, (Ranges{{0, 0}, {0, 3}, {4, 7}, {7, 8}, {9, 12}, {12, 13}, {0, 0}}));
  EXPECT_EQ(encoding.token_count, 7U);
  EXPECT_FALSE(encoding.truncated());
}

TEST(Tokenizer, CountsBytesOfWhatTheNormalizerChanged) {
  const Encoding encoding = tiny().encode(
      "Caf\xC3\x89 \xE4\xB8\xAD"
      "cat");
  EXPECT_EQ(tokens_of(tiny(), encoding),
            (Tokens{"[CLS]", "caf", "##e", "\xE4\xB8\xAD", "cat", "[SEP]"}));
  EXPECT_EQ(encoding.offsets, (Ranges{{0, 0}, {0, 3}, {3, 5}, {6, 9}, {9, 12}, {0, 0}}));
}

TEST(Tokenizer, GivesOnlySpecialTokensForAnEmptyText) {
  EXPECT_EQ(tokens_of(tiny(), tiny().encode("")), (Tokens{"[CLS]", "[SEP]"}));
  EXPECT_EQ(tiny().special_token_count(), 2U);
}

TEST(Tokenizer, LeavesSpecialTokensOutWhenAsked) {
  const Encoding plain = tiny().encode("the cats dog", {.special_tokens = false});
  EXPECT_EQ(tokens_of(tiny(), plain), (Tokens{"the", "cat", "##s", "[UNK]"}));
  EXPECT_EQ(plain.token_count, 4U);
  EXPECT_EQ(plain.ids.back(), tiny().unknown_token());
  const Encoding cut = tiny().encode("the cats", {.max_tokens = 1, .special_tokens = false});
  EXPECT_EQ(tokens_of(tiny(), cut), (Tokens{"the"}));
  EXPECT_EQ(cut.token_count, 3U);
  EXPECT_TRUE(tiny().encode("", {.max_tokens = 0, .special_tokens = false}).ids.empty());
}

TEST(Tokenizer, CutsAtTheEndAndSaysSo) {
  for (std::size_t limit = 2; limit < 10; ++limit) {
    const Encoding encoding = tiny().encode("the cats sat. cat", {.max_tokens = limit});
    Tokens expected = {"[CLS]", "the", "cat", "##s", "sat", ".", "cat"};
    expected.resize(std::min(expected.size(), limit - 1));
    expected.push_back("[SEP]");
    EXPECT_EQ(tokens_of(tiny(), encoding), expected);
    EXPECT_EQ(encoding.token_count, 8U);
    EXPECT_EQ(encoding.truncated(), limit < 8);
    EXPECT_EQ(encoding.offsets.size(), encoding.ids.size());
  }
}

TEST(Tokenizer, RefusesALimitBelowTheSpecialTokens) {
  try {
    tiny().encode("the", {.max_tokens = 1});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "max_tokens: expected at least the 2 special tokens, found 1");
  }
}

TEST(Tokenizer, RefusesInvalidUtf8WithTheOffset) {
  try {
    tiny().encode("the \xFF");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "text: expected UTF-8, found byte 0xff at offset 4");
  }
}

TEST(Tokenizer, RefusesATextOverOneGibibyteUnread) {
  const char byte = 'a';
  try {
    tiny().encode(std::string_view(&byte, (std::size_t{1} << 30) + 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLimit);
  }
}

TEST(Tokenizer, UsesTheMemoryOfAnEncodingAgain) {
  Encoding encoding;
  tiny().encode_into("the cats sat on the cat.", {}, encoding);
  const TokenId* const memory = encoding.ids.data();
  const ByteRange* const offsets = encoding.offsets.data();
  tiny().encode_into("the", {}, encoding);
  EXPECT_EQ(tokens_of(tiny(), encoding), (Tokens{"[CLS]", "the", "[SEP]"}));
  tiny().encode_into("the cats sat.", {}, encoding);
  EXPECT_EQ(tokens_of(tiny(), encoding).size(), 7U);
  EXPECT_EQ(encoding.ids.data(), memory);
  EXPECT_EQ(encoding.offsets.data(), offsets);
}

TEST(Tokenizer, FindsTokensAndIds) {
  EXPECT_EQ(tiny().find("##s"), TokenId{5});
  EXPECT_EQ(tiny().find("dog"), std::nullopt);
  EXPECT_EQ(tiny().token(TokenId{5}), "##s");
  EXPECT_EQ(tiny().find(TokenId{5}), "##s");
  EXPECT_EQ(tiny().find(TokenId{11}), std::nullopt);
  EXPECT_EQ(tiny().vocabulary_size(), 11U);
  try {
    tiny().token(TokenId{11});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  }
}

TEST(Tokenizer, NumbersAddedTokensOnFromTheVocabulary) {
  Json json = tiny_tokenizer_json({"the", "cat"});
  json["added_tokens"] = {added("<new>", {}), added("cat", {}), added("<other>", {})};
  const Tokenizer tokenizer = make_tokenizer(json);
  EXPECT_EQ(tokenizer.find("<new>"), TokenId{5});
  EXPECT_EQ(tokenizer.find("cat"), TokenId{4});
  EXPECT_EQ(tokenizer.find("<other>"), TokenId{6});
  EXPECT_EQ(tokenizer.token(TokenId{6}), "<other>");
  EXPECT_EQ(tokenizer.vocabulary_size(), 7U);
}

TEST(Tokenizer, LooksForAddedTokensInTheGivenOrTheNormalizedText) {
  Json json = tiny_tokenizer_json({"the", "cat", "<", ">", "x"});
  json["added_tokens"] = {added("<X>", {}), added("CAT", {"normalized", "single_word"})};
  const Tokenizer tokenizer = make_tokenizer(json);
  EXPECT_EQ(tokens_of(tokenizer, tokenizer.encode("<x> <X> Cat cats c\xC3\x81t")),
            (Tokens{"[CLS]", "<", "x", ">", "<X>", "CAT", "[UNK]", "CAT", "[SEP]"}));
}

TEST(Tokenizer, StaysLinearWithAnAddedTokenOfWhiteSpace) {
  Json json = tiny_tokenizer_json({"the"});
  json["added_tokens"] = {added(" ", {"lstrip", "rstrip"})};
  const Tokenizer tokenizer = make_tokenizer(json);
  const std::string spaces(1'000'000, ' ');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(tokenizer.encode(spaces).ids.size(), 3U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Tokenizer, StaysLinearOnLongWords) {
  for (const std::string_view unit : {"a", "\xC3\xA9", "\xCC\x81", "e\xCC\x81\xCC\xA3", "\x01"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_LE(tiny().encode(text).ids.size(), 3U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

TEST(Tokenizer, MakesAWordOverTheLimitUnknown) {
  Json json = tiny_tokenizer_json({"a", "##a"});
  const Tokenizer tokenizer = make_tokenizer(json);
  EXPECT_EQ(tokenizer.encode(std::string(100, 'a')).ids.size(), 102U);
  const Encoding encoding = tokenizer.encode(std::string(101, 'a') + " a");
  EXPECT_EQ(tokens_of(tokenizer, encoding), (Tokens{"[CLS]", "[UNK]", "a", "[SEP]"}));
  EXPECT_EQ(encoding.offsets[1], (ByteRange{0, 101}));
}

TEST(Tokenizer, EncodesFromSeveralThreads) {
  const Encoding expected = tiny().encode("the cats s\xC3\xA4t. Caf\xC3\xA9");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t worker = 0; worker < wrong.size(); ++worker) {
    threads.emplace_back([&, worker] {
      Encoding encoding;
      for (int i = 0; i < 2'000; ++i) {
        tiny().encode_into("the cats s\xC3\xA4t. Caf\xC3\xA9", {}, encoding);
        wrong[worker] += encoding.ids != expected.ids || encoding.offsets != expected.offsets;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace sememe::tokens
