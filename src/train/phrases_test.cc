#include "train/phrases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "sememe/error.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

struct Joined {
  std::string text;
  PhraseReport report;
};

Joined join(const std::string& text, PhraseOptions options) {
  const Path path = std::filesystem::temp_directory_path() /
                    ("sememe-phrases-" + std::to_string(reinterpret_cast<std::uintptr_t>(&text)));
  std::ofstream(path) << text;
  options.files = {path};
  options.rule = text::WordRule::kSpaces;
  Joined out;
  out.report = join_phrases(options, [&](std::string_view piece) { out.text += piece; });
  std::filesystem::remove(path);
  return out;
}

TEST(Phrases, ScoresAreThoseOfThePapers) {
  // (20 - 5) * 10000 / (40 * 25)
  EXPECT_DOUBLE_EQ(word2phrase_score({.pair = 20, .first = 40, .second = 25, .total = 10000}, 5),
                   150);
  // ln(0.002 / (0.004 0.0025)) / -ln 0.002
  EXPECT_NEAR(normalized_pmi({.pair = 20, .first = 40, .second = 25, .total = 10000}),
              std::log(200.0) / std::log(500.0), 1e-12);
}

TEST(Phrases, NormalizedPmiStaysWithinOne) {
  EXPECT_DOUBLE_EQ(normalized_pmi({.pair = 7, .first = 7, .second = 7, .total = 1000}), 1);
  EXPECT_NEAR(normalized_pmi({.pair = 10, .first = 100, .second = 100, .total = 1000}), 0, 1e-12);
  // Counts as forgetting can leave them, and the shortest text.
  EXPECT_EQ(normalized_pmi({.pair = 9, .first = 3, .second = 5, .total = 1000}),
            normalized_pmi({.pair = 3, .first = 3, .second = 5, .total = 1000}));
  EXPECT_LE(normalized_pmi({.pair = 1, .first = 2, .second = 2, .total = 2}), 1);
  Random random(1);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t total = 2 + random.below(50);
    const std::uint64_t first = 1 + random.below(static_cast<std::uint32_t>(total));
    const std::uint64_t second = 1 + random.below(static_cast<std::uint32_t>(total));
    const std::uint64_t pair = 1 + random.below(static_cast<std::uint32_t>(total));
    const double score =
        normalized_pmi({.pair = pair, .first = first, .second = second, .total = total});
    ASSERT_LE(score, 1);
    ASSERT_GE(score, -1);
  }
}

constexpr const char* kText =
    "in new york city a new york taxi\n"
    "\n"
    "a city in the new year of york\n"
    "the new york city\n";

TEST(Phrases, JoinsOverlappingPairsFromTheLeft) {
  PhraseOptions options;
  options.min_count = 2;
  options.threshold = 0.5;
  const Joined joined = join(kText, options);
  // new york: (3 - 2) 20 / (4 * 4) = 1.25; york city: 2 - 2 = 0.
  EXPECT_EQ(joined.text,
            "in new_york city a new_york taxi\n"
            "a city in the new year of york\n"
            "the new_york city\n");
  EXPECT_EQ(joined.report.sentences, 3);
  ASSERT_EQ(joined.report.passes.size(), 1);
  EXPECT_EQ(joined.report.passes[0].words, 20);
  EXPECT_EQ(joined.report.passes[0].joined, 3);
  ASSERT_EQ(joined.report.phrases.size(), 1);
  EXPECT_EQ(joined.report.phrases[0].text, "new_york");
  EXPECT_EQ(joined.report.phrases[0].joined, 3);
  EXPECT_DOUBLE_EQ(joined.report.phrases[0].score, 1.25);
  // With (york city) above the threshold as well, (new york) comes first.
  options.min_count = 1;
  options.threshold = 0;
  EXPECT_EQ(join("a b c\na b c\na b c d e\nx\n", options).text, "a_b c\na_b c\na_b c d e\nx\n");
}

TEST(Phrases, PassesMakeLongerOnes) {
  PhraseOptions options;
  options.min_count = 2;
  options.threshold = -1;  // every pair seen twice
  options.passes = 2;
  options.delimiter = "~";
  const Joined joined = join("a b c d e\na b c d e\nd c\n", options);
  EXPECT_EQ(joined.text, "a~b~c~d e\na~b~c~d e\nd c\n");
  ASSERT_EQ(joined.report.passes.size(), 2);
  EXPECT_EQ(joined.report.passes[1].words, 8);
  EXPECT_EQ(joined.report.phrases.size(), 3);
  options.passes = 3;
  EXPECT_EQ(join("a b c d e\na b c d e\nd c\n", options).text, "a~b~c~d~e\na~b~c~d~e\nd c\n");
}

TEST(Phrases, NoPairCrossesASentence) {
  PhraseOptions options;
  options.min_count = 1;
  options.score = PhraseScore::kNormalizedPmi;
  options.threshold = 0.1;
  EXPECT_EQ(join("a\nb\na\nb\n", options).text, "a\nb\na\nb\n");
  EXPECT_EQ(join("a b\na b c\n", options).text, "a_b\na_b c\n");
  EXPECT_EQ(join("", options).text, "");
}

// Long enough to be read and written in several pieces.
TEST(Phrases, PiecesOfTheTextMakeNoDifference) {
  std::string text;
  Random random(2);
  for (int i = 0; i < 400000; ++i) {
    const std::uint32_t word = random.below(1 + random.below(1000));
    text += word % 7 == 0 ? "los angeles" : "word" + std::to_string(word);
    text += i % 50000 == 49999 ? '\n' : ' ';
  }
  PhraseOptions options;
  options.threshold = 5;
  const Joined joined = join(text, options);
  std::string expected = text;
  for (std::size_t at = 0; (at = expected.find("los angeles", at)) != std::string::npos;) {
    expected[at + 3] = '_';
  }
  EXPECT_EQ(joined.text.size(), expected.size());
  EXPECT_TRUE(joined.text == expected);
  // The same where memory is short: the frequent pair is kept.
  options.max_pair_bytes = std::size_t{1} << 17;
  const Joined forgetful = join(text, options);
  EXPECT_GT(forgetful.report.passes[0].pairs_forgotten_up_to, 0);
  EXPECT_TRUE(forgetful.text == expected);
}

TEST(Phrases, RefusesWhatCannotBe) {
  PhraseOptions options;
  options.delimiter = " ";
  EXPECT_THROW(join("a b\n", options), Error);
  options.delimiter = "";
  EXPECT_THROW(join("a b\n", options), Error);
  options.delimiter = "_";
  options.passes = 0;
  EXPECT_THROW(join("a b\n", options), Error);
}

}  // namespace
}  // namespace sememe::train
