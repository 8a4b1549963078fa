// Ids and offsets against Hugging Face tokenizers (tests/golden/MANIFEST.md): every record,
// exactly.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "sememe/tokenizer.h"
#include "text/utf8.h"
#include "tokens/reference_unicode.h"
#include "tokens/test_support.h"

namespace sememe::tokens {
namespace {

using testing_support::ids_of;
using testing_support::make_tokenizer;
using testing_support::offsets_of;

Path golden_dir() { return Path(SEMEME_GOLDEN_DIR) / "tokens"; }

// The lines of a golden file, each one JSON value.
std::vector<Json> read_lines(const Path& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

// Where `make model` puts all-MiniLM-L6-v2.
Path installed_model() {
  Path home;
  if (const char* const set = std::getenv("SEMEME_HOME")) {
    home = set;
  } else if (const char* const data = std::getenv("XDG_DATA_HOME")) {
    home = Path(data) / "sememe";
  } else if (const char* const user = std::getenv("HOME")) {
    home = Path(user) / ".local/share/sememe";
  }
  return home / "models" / "all-minilm-l6-v2" / "tokenizer.json";
}

// Compares each record that has a text; says how many there were.
std::size_t expect_equal(const Tokenizer& tokenizer, const std::vector<Json>& records) {
  std::size_t count = 0;
  Encoding encoding;
  for (const Json& record : records) {
    if (!record.contains("text")) continue;
    const auto text = record["text"].get<std::string>();
    tokenizer.encode_into(text, {}, encoding);
    EXPECT_EQ(ids_of(encoding), record["ids"].get<std::vector<std::uint32_t>>()) << record["text"];
    EXPECT_EQ(offsets_of(encoding), record["offsets"].get<std::vector<std::size_t>>())
        << record["text"];
    EXPECT_EQ(encoding.token_count, encoding.ids.size());
    ++count;
  }
  return count;
}

TEST(TokenizerGolden, MatchesAddedTokens) {
  const std::string json = read_file(golden_dir() / "added" / "tokenizer.json");
  const Tokenizer tokenizer = Tokenizer::from_json(json, "added");
  EXPECT_GE(expect_equal(tokenizer, read_lines(golden_dir() / "added" / "golden.jsonl")), 200U);
}

void expect_other_settings(Json json) {
  for (const char* const name : {"bert_cased", "bert_cased_stripped", "bert_uncased_accents",
                                 "bert_no_clean", "bert_no_chinese"}) {
    SCOPED_TRACE(name);
    const std::vector<Json> lines = read_lines(golden_dir() / (std::string(name) + ".jsonl"));
    ASSERT_GE(lines.size(), 100U);
    json["normalizer"] = lines[0]["normalizer"];
    EXPECT_EQ(expect_equal(make_tokenizer(json), lines), lines.size() - 1);
  }
}

// With the pieces that these texts need, which are part of the golden data.
class ReducedVocabularyGolden : public testing::Test {
 protected:
  Json json_ = read_json(golden_dir() / "bert_reduced" / "tokenizer.json");
};

TEST_F(ReducedVocabularyGolden, MatchesEveryText) {
  EXPECT_GE(expect_equal(make_tokenizer(json_), read_lines(golden_dir() / "bert_uncased.jsonl")),
            5500U);
}

TEST_F(ReducedVocabularyGolden, MatchesOtherNormalizerSettings) { expect_other_settings(json_); }

// The general way must agree with the fast way: an added token that is looked for in normalised
// text turns the fast way off.
TEST_F(ReducedVocabularyGolden, MatchesEveryTextTheGeneralWay) {
  json_["added_tokens"].push_back({{"id", 30522},
                                   {"content", "never in any text"},
                                   {"single_word", false},
                                   {"lstrip", false},
                                   {"rstrip", false},
                                   {"normalized", true},
                                   {"special", false}});
  EXPECT_GE(expect_equal(make_tokenizer(json_), read_lines(golden_dir() / "bert_uncased.jsonl")),
            5500U);
}

// With the published vocabulary of 30,522 tokens.
class InstalledModelGolden : public testing::Test {
 protected:
  void SetUp() override {
    const Path path = installed_model();
    if (!std::filesystem::exists(path)) {
      GTEST_SKIP() << "no model at " << path << ": \"make model\" installs it";
    }
    json_ = read_json(path);
  }

  Json json_;
};

TEST_F(InstalledModelGolden, MatchesEveryText) {
  const Tokenizer tokenizer = make_tokenizer(json_);
  EXPECT_EQ(tokenizer.vocabulary_size(), 30522U);
  EXPECT_GE(expect_equal(tokenizer, read_lines(golden_dir() / "bert_uncased.jsonl")), 5500U);
}

TEST_F(InstalledModelGolden, MatchesOtherNormalizerSettings) { expect_other_settings(json_); }

TEST_F(InstalledModelGolden, TruncatesAlike) {
  const Tokenizer tokenizer = make_tokenizer(json_);
  const std::vector<Json> lines = read_lines(golden_dir() / "truncation.jsonl");
  ASSERT_GE(lines.size(), 20U);
  for (const Json& line : lines) {
    for (const auto& [limit, expected] : line.items()) {
      if (!expected.is_object()) continue;
      const auto text = line["text"].get<std::string>();
      const Encoding encoding = tokenizer.encode(text, {.max_tokens = std::stoul(limit)});
      EXPECT_EQ(ids_of(encoding), expected["ids"].get<std::vector<std::uint32_t>>());
      EXPECT_EQ(offsets_of(encoding), expected["offsets"].get<std::vector<std::size_t>>());
      EXPECT_EQ(encoding.token_count, line["full"].get<std::size_t>());
      EXPECT_EQ(encoding.truncated(), encoding.token_count > std::stoul(limit));
    }
  }
}

// One record of code_points.jsonl by its kind.
Json code_points(const std::string& kind) {
  for (Json& line : read_lines(golden_dir() / "code_points.jsonl")) {
    if (line["kind"] == kind) return line;
  }
  ADD_FAILURE() << "no record of kind " << kind;
  return {};
}

template <class Predicate>
void expect_ranges(const std::string& kind, Predicate&& predicate) {
  std::vector<char> expected(text::kMaxCodePoint + 1);
  const Json record = code_points(kind);
  ASSERT_FALSE(record["ranges"].empty());
  for (const Json& range : record["ranges"]) {
    for (auto c = range[0].get<char32_t>(); c <= range[1].get<char32_t>(); ++c) expected[c] = 1;
  }
  for (char32_t c = 0; c <= text::kMaxCodePoint; ++c) {
    if (c == 0xD800) c = 0xE000;
    ASSERT_EQ(predicate(reference::properties(c)), expected[c] != 0)
        << kind << " U+" << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(ReferenceUnicode, HasThePropertiesOfEveryCodePoint) {
  expect_ranges("clean_removed", [](unsigned p) { return (p & reference::kRemoved) != 0; });
  expect_ranges("chinese", [](unsigned p) { return (p & reference::kIdeograph) != 0; });
  expect_ranges("accent_removed", [](unsigned p) { return (p & reference::kNonspacingMark) != 0; });
  expect_ranges("word_separator_dropped",
                [](unsigned p) { return (p & reference::kWhiteSpace) != 0; });
  expect_ranges("punctuation", [](unsigned p) { return (p & reference::kPunctuation) != 0; });
}

using Mapping = std::vector<char32_t>;

std::map<char32_t, Mapping> mapping_record(const std::string& kind) {
  std::map<char32_t, Mapping> mapping;
  const Json record = code_points(kind);
  for (const Json& entry : record["map"]) {
    for (const Json& part : entry[1]) {
      mapping[entry[0].get<char32_t>()].push_back(part.get<char32_t>());
    }
  }
  return mapping;
}

TEST(ReferenceUnicode, LowersEveryCodePointAlike) {
  const std::map<char32_t, Mapping> expected = mapping_record("lowercase_to");
  ASSERT_GT(expected.size(), 1000U);
  for (char32_t c = 0; c <= text::kMaxCodePoint; ++c) {
    const text::CodePointSequence lower = reference::to_lower(c);
    const auto found = expected.find(c);
    ASSERT_EQ(Mapping(lower.begin(), lower.end()),
              found == expected.end() ? Mapping{c} : found->second)
        << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ((reference::properties(c) & reference::kHasLower) != 0, found != expected.end());
  }
}

TEST(ReferenceUnicode, StripsAccentsOfEveryCodePointAlike) {
  const std::map<char32_t, Mapping> expected = mapping_record("strip_accents_to");
  ASSERT_GT(expected.size(), 1000U);
  for (char32_t c = 0; c <= text::kMaxCodePoint; ++c) {
    // The record leaves out hangul syllables, which decompose into their letters.
    if (c == 0xAC00) c = 0xE000;
    Mapping stripped;
    for (const char32_t part : reference::canonical_decomposition(c)) {
      if ((reference::properties(part) & reference::kNonspacingMark) == 0) stripped.push_back(part);
    }
    const auto found = expected.find(c);
    const bool is_mark = (reference::properties(c) & reference::kNonspacingMark) != 0;
    const Mapping unchanged = is_mark ? Mapping{} : Mapping{c};
    ASSERT_EQ(stripped, found == expected.end() ? unchanged : found->second)
        << std::hex << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace sememe::tokens
