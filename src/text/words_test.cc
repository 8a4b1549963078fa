#include "text/words.h"

#include <gtest/gtest.h>

#include <vector>

namespace sememe::text {
namespace {

struct Collected {
  std::vector<std::string> words;
  void word(std::string_view word) { words.emplace_back(word); }
  void sentence_end() { words.emplace_back("|"); }
};

std::vector<std::string> split(std::string_view text, WordRule rule) {
  Collected sink;
  std::string lower;
  split_words(text, rule, lower, sink);
  return sink.words;
}

using Words = std::vector<std::string>;

TEST(SplitWords, BySpacesKeepsWhatStandsBetweenThem) {
  EXPECT_EQ(split("A b,c\t d\r\n\n e.", WordRule::kSpaces),
            (Words{"A", "b,c", "d", "|", "|", "e."}));
  EXPECT_EQ(split("", WordRule::kSpaces), Words{});
  EXPECT_EQ(split("\xFF\xFE x", WordRule::kSpaces), (Words{"\xFF\xFE", "x"}));
}

TEST(SplitWords, OfUnicodeAreLowerCaseRunsOfWordCharacters) {
  EXPECT_EQ(split("The CAT's \"mat\", isn't it?", WordRule::kUnicode),
            (Words{"the", "cat's", "mat", "isn't", "it", "|"}));
  EXPECT_EQ(
      split("ÉTÉ straße ΑΒΓ x_1 'quoted' rock\xE2\x80\x99n\xE2\x80\x99roll", WordRule::kUnicode),
      (Words{"été", "straße", "αβγ", "x_1", "quoted", "rock'n'roll"}));
  EXPECT_EQ(split("naïve Ünder abcÉ", WordRule::kUnicode), (Words{"naïve", "ünder", "abcé"}));
  EXPECT_EQ(split("漢字です。はい", WordRule::kUnicode), (Words{"漢", "字", "です", "|", "はい"}));
}

TEST(SplitWords, OfUnicodeEndSentencesAtStopsBeforeWhiteSpaceAndAtLineEnds) {
  EXPECT_EQ(split("One. Two! v1.2 is out\nnext", WordRule::kUnicode),
            (Words{"one", "|", "two", "|", "v1", "2", "is", "out", "|", "next"}));
}

TEST(SplitWords, OfUnicodeSkipBytesThatAreNoText) {
  EXPECT_EQ(split("a\xFF"
                  "b \xC3 c\xE2\x82",
                  WordRule::kUnicode),
            (Words{"a", "b", "c"}));
}

TEST(WordBoundary, IsBehindTheLastWhiteSpaceOrCodePoint) {
  EXPECT_EQ(word_boundary("one two"), 4U);
  EXPECT_EQ(word_boundary("one\n"), 4U);
  EXPECT_EQ(word_boundary(""), 0U);
  EXPECT_EQ(word_boundary("ab\xC3"), 2U);     // the first byte of a letter
  EXPECT_EQ(word_boundary("a\xE6\xBC"), 1U);  // two of three bytes
  EXPECT_EQ(word_boundary("abc"), 2U);        // whether the last one is whole is not looked at
}

}  // namespace
}  // namespace sememe::text
