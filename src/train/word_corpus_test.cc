#include "train/word_corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sememe/error.h"

namespace sememe::train {
namespace {

class WordCorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("sememe-word-corpus-" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  WordCorpus read(const std::string& text, std::uint64_t min_count,
                  text::WordRule rule = text::WordRule::kUnicode) const {
    write_file_atomic(path_, text);
    CorpusOptions options;
    options.files = {path_};
    options.rule = rule;
    options.min_count = min_count;
    return WordCorpus::read(options);
  }

  // Words of all blocks, sentences on lines.
  static std::string written_out(const WordCorpus& corpus) {
    std::string text;
    for (std::size_t i = 0; i < corpus.blocks(); ++i) {
      for (const std::uint32_t id : corpus.block(i)) {
        text +=
            id == WordCorpus::kSentenceEnd ? "\n" : std::string(corpus.vocabulary().word(id)) + " ";
      }
    }
    return text;
  }

  Path path_;
};

TEST_F(WordCorpusTest, KeepsFrequentWordsInTheirOrder) {
  const WordCorpus corpus = read("The cat sat. The dog sat!\nA cat, a dog.\n\n\nrare", 2);
  EXPECT_EQ(written_out(corpus), "the cat sat \nthe dog sat \na cat a dog \n");
  EXPECT_EQ(corpus.words(), 10U);
  EXPECT_EQ(corpus.words_read(), 11U);
  EXPECT_EQ(corpus.distinct_words(), 6U);
  EXPECT_EQ(corpus.vocabulary().word(0), "a");
  EXPECT_EQ(corpus.vocabulary().counts()[0], 2U);
}

// Larger than the pieces that files are read in, with words across their borders.
TEST_F(WordCorpusTest, ReadsLongTextsWholeAndCutsThemIntoBlocks) {
  std::string text;
  std::string expected;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 400000; ++i) {
    const std::string word = "w" + std::to_string(i * 7919 % 997);
    text += word + " ";
    if (length == WordCorpus::kMaxSentence) {
      expected += "\n";
      length = 0;
    }
    expected += word + " ";
    ++length;
  }
  expected += "\n";
  for (const text::WordRule rule : {text::WordRule::kSpaces, text::WordRule::kUnicode}) {
    const WordCorpus corpus = read(text, 1, rule);
    EXPECT_EQ(written_out(corpus), expected);
    EXPECT_EQ(corpus.blocks(), 40U);
    std::uint64_t words = 0;
    for (std::size_t i = 0; i < corpus.blocks(); ++i) {
      EXPECT_EQ(corpus.words_before(i), words);
      for (const std::uint32_t id : corpus.block(i))
        words += id == WordCorpus::kSentenceEnd ? 0 : 1;
    }
    EXPECT_EQ(words, 400000U);
  }
}

// Whole pieces of the file without a blank: what they hold is no word (but for bytes at their
// ends), what follows is.
TEST_F(WordCorpusTest, LeavesOutWhatIsTooLongForAWord) {
  const std::string text = std::string(3 << 20, 'x') + " a " + std::string(300, 'y') + " a a";
  for (const text::WordRule rule : {text::WordRule::kSpaces, text::WordRule::kUnicode}) {
    const WordCorpus corpus = read(text, 2, rule);
    EXPECT_EQ(written_out(corpus), "a a a \n");
  }
}

TEST_F(WordCorpusTest, IsThinnedByTheChancesOfItsWords) {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += i % 2 == 0 ? "often " : "w" + std::to_string(i % 5000) + "\n";
  const WordCorpus corpus = read(text, 1);
  const WordCorpus thin = corpus.thinned(1e-3, 1);
  EXPECT_EQ(thin.vocabulary().size(), corpus.vocabulary().size());
  EXPECT_EQ(thin.vocabulary().word(0), "often");
  // (sqrt(0.5 / 0.001) + 1) 0.001 / 0.5 of 10,000, give or take five deviations.
  EXPECT_NEAR(static_cast<double>(thin.vocabulary().counts()[0]), 467, 110);
  EXPECT_EQ(thin.words(), thin.vocabulary().counts()[0] + 10000);  // the rare ones are all there
  std::vector<std::uint64_t> counts(corpus.vocabulary().size());
  for (const std::uint32_t id : thin.ids()) {
    if (id != WordCorpus::kSentenceEnd) ++counts[id];
  }
  EXPECT_TRUE(std::ranges::equal(counts, thin.vocabulary().counts()));
  EXPECT_EQ(written_out(thin), written_out(corpus.thinned(1e-3, 1)));
  EXPECT_NE(written_out(thin), written_out(corpus.thinned(1e-3, 2)));
  EXPECT_EQ(written_out(corpus), written_out(corpus.thinned(0, 1)));
}

TEST_F(WordCorpusTest, RefusesACorpusWithoutWords) {
  for (const std::string text : {"", "   \n ", "one two three"}) {
    try {
      static_cast<void>(read(text, 5));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace sememe::train
