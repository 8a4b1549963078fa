#include "eval/word_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sememe/error.h"

namespace sememe::eval {
namespace {

class WordTests : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("sememe-word-tests-" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::variant<AnalogySet, SimilaritySet> read(std::string_view text) const {
    write_file_atomic(path_, text);
    return read_word_tests(path_);
  }
  std::string refusal(std::string_view text) const {
    try {
      static_cast<void>(read(text));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
      return error.what();
    }
    return "was read";
  }
  Path path_;
};

// Royal and female are directions of their own.
vectors::WordVectors royals() {
  vectors::WordVectors v(4);
  v.add("king", std::vector<float>{1, 0, 0.2F, 0});
  v.add("queen", std::vector<float>{1, 1, 0.2F, 0});
  v.add("man", std::vector<float>{0, 0, 1, 0.1F});
  v.add("woman", std::vector<float>{0, 1, 1, 0.1F});
  v.add("apple", std::vector<float>{0, 0, 0, 1});
  return v;
}

TEST_F(WordTests, ReadsAnalogiesBySection) {
  const auto tests = read(": royal family\nman king woman queen\n\n: fruit\nA b C d\n");
  const auto& set = std::get<AnalogySet>(tests);
  ASSERT_EQ(set.size(), 2U);
  EXPECT_EQ(set[0].name, "royal family");
  EXPECT_EQ(set[0].questions[0][3], "queen");
  EXPECT_EQ(set[1].questions.size(), 1U);
  EXPECT_NE(refusal(": s\none two three\n").find("line 2"), std::string::npos);
}

TEST_F(WordTests, ReadsPairsInEveryLayout) {
  for (const char* text :
       {"a\tb\t1.5\nc\td\t2\n", "a,b,1.5\r\nc,d,2\r\n", "a b 1.5\nc d 2",
        "# Comment\n# more\na\tb\t1.5\nc\td\t2\n", ",word1,word2,similarity\n0,a,b,1.5\n1,c,d,2\n",
        "word1;word2;score\na;b;1.5\nc;d;2"}) {
    const auto tests = read(text);
    const auto& set = std::get<SimilaritySet>(tests);
    ASSERT_EQ(set.size(), 2U) << text;
    EXPECT_EQ(set[0].first, "a");
    EXPECT_EQ(set[0].second, "b");
    EXPECT_EQ(set[0].score, 1.5);
    EXPECT_EQ(set[1].second, "d");
  }
  EXPECT_NE(refusal("a b 1\nc d e\n").find("line 2"), std::string::npos);
  EXPECT_NE(refusal("a 1\n").find("line 1"), std::string::npos);
  EXPECT_NE(refusal("").find("line 1"), std::string::npos);
  EXPECT_NE(refusal("# nothing\n").find("none"), std::string::npos);
}

TEST_F(WordTests, AnswersAnalogiesAsALoopOverAllWordsDoes) {
  const AnalogySet set = {
      {"family", {{"man", "king", "woman", "queen"}, {"Man", "woman", "king", "queen"}}},
      {"unknown", {{"man", "king", "duke", "queen"}}},
      {"wrong", {{"man", "king", "woman", "apple"}}}};
  const auto scores = test_analogies(royals(), set, 0);
  ASSERT_EQ(scores.size(), 3U);
  EXPECT_EQ(scores[0].covered, 2U);
  EXPECT_EQ(scores[0].correct_add, 2U);
  EXPECT_EQ(scores[0].correct_mul, 2U);
  EXPECT_EQ(scores[1].total, 1U);
  EXPECT_EQ(scores[1].covered, 0U);
  EXPECT_EQ(scores[2].covered, 1U);
  EXPECT_EQ(scores[2].correct_add, 0U);
  // Among the first three words there is no answer.
  EXPECT_EQ(test_analogies(royals(), set, 3)[0].covered, 0U);
}

// More words than a block; answers from plain loops in double.
TEST_F(WordTests, AgreesWithPlainLoopsOverSeveralBlocks) {
  constexpr std::size_t kWords = 9000;
  constexpr std::size_t kDim = 8;
  vectors::WordVectors v(kDim);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < kWords; ++i) {
    std::vector<float> row(kDim);
    for (float& value : row) {
      state = state * 1664525 + 1013904223;
      value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0F;
    }
    v.add("w" + std::to_string(i), row);
  }
  const auto cosine = [&](std::size_t a, std::size_t b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t d = 0; d < kDim; ++d) {
      ab += double{v.row(a)[d]} * double{v.row(b)[d]};
      aa += double{v.row(a)[d]} * double{v.row(a)[d]};
      bb += double{v.row(b)[d]} * double{v.row(b)[d]};
    }
    return ab / std::sqrt(aa * bb);
  };
  AnalogySection by_add{"add", {}};
  AnalogySection by_mul{"mul", {}};
  for (std::size_t q = 0; q < 20; ++q) {
    const std::array<std::size_t, 3> words = {q * 97 % kWords, (q * 389 + 5000) % kWords,
                                              (q * 53 + 8000) % kWords};
    double best[2] = {-1e9, -1e9};
    std::size_t answers[2] = {0, 0};
    for (std::size_t i = 0; i < kWords; ++i) {
      if (std::ranges::find(words, i) != words.end()) continue;
      const double a = cosine(i, words[0]);
      const double b = cosine(i, words[1]);
      const double c = cosine(i, words[2]);
      const double scores[2] = {b - a + c, (b + 1) / 2 * ((c + 1) / 2) / ((a + 1) / 2 + 0.001)};
      for (int k = 0; k < 2; ++k) {
        if (scores[k] > best[k]) {
          best[k] = scores[k];
          answers[k] = i;
        }
      }
    }
    const auto name = [](std::size_t i) { return "w" + std::to_string(i); };
    by_add.questions.push_back({name(words[0]), name(words[1]), name(words[2]), name(answers[0])});
    by_mul.questions.push_back({name(words[0]), name(words[1]), name(words[2]), name(answers[1])});
  }
  const auto scores = test_analogies(v, {by_add, by_mul}, 0);
  EXPECT_EQ(scores[0].correct_add, 20U);
  EXPECT_EQ(scores[1].correct_mul, 20U);
}

TEST_F(WordTests, CorrelatesCosinesWithScores) {
  const SimilaritySet set = {{"king", "queen", 9},
                             {"king-n", "Man", 3},
                             {"man", "apple", 2},
                             {"apple", "king", 1},
                             {"apple", "pear", 8}};
  const SimilarityScore score = test_similarity(royals(), set, 0);
  EXPECT_EQ(score.total, 5U);
  EXPECT_EQ(score.covered, 4U);
  EXPECT_NEAR(score.spearman, 1.0, 1e-9);
  EXPECT_TRUE(std::isnan(test_similarity(royals(), {{"a", "b", 1}}, 0).spearman));
}

}  // namespace
}  // namespace sememe::eval
