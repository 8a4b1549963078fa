#include "text/boundaries.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sememe::text {
namespace {

using Offsets = std::vector<std::size_t>;
using Parts = std::vector<std::string_view>;

Parts sentences(std::string_view paragraph) {
  Parts parts;
  std::size_t begin = 0;
  for (const std::size_t end : sentence_ends(paragraph)) {
    parts.push_back(paragraph.substr(begin, end - begin));
    begin = end;
  }
  return parts;
}

TEST(LineStarts, BeginWithZeroEvenForAnEmptyText) { EXPECT_EQ(line_starts(""), Offsets{0}); }

TEST(LineStarts, StandAfterEachNewline) {
  EXPECT_EQ(line_starts("a\nbc\r\n\nd"), (Offsets{0, 2, 6, 7}));
}

TEST(LineStarts, IgnoreANewlineAtTheEnd) { EXPECT_EQ(line_starts("a\nb\n"), (Offsets{0, 2})); }

TEST(SentenceEnds, CoverTheWholeParagraph) {
  EXPECT_EQ(sentence_ends(""), Offsets{});
  EXPECT_EQ(sentences("no mark at all"), Parts{"no mark at all"});
  EXPECT_EQ(sentences("One. Two"), (Parts{"One. ", "Two"}));
}

TEST(SentenceEnds, KeepTrailingSpacesWithTheSentence) {
  EXPECT_EQ(sentences("One.  \n Two!\tThree?  "), (Parts{"One.  \n ", "Two!\t", "Three?  "}));
}

TEST(SentenceEnds, KeepRunsOfMarksAndClosersTogether) {
  EXPECT_EQ(sentences("What?! (Yes.) \"No...\" Well"),
            (Parts{"What?! ", "(Yes.) ", "\"No...\" ", "Well"}));
}

TEST(SentenceEnds, NeedWhiteSpaceAfterTheMark) {
  EXPECT_EQ(sentences("Pi is 3.14 in main.cc, see a.b!c"),
            Parts{"Pi is 3.14 in main.cc, see a.b!c"});
}

TEST(SentenceEnds, FollowANumberButNotAListNumber) {
  EXPECT_EQ(sentences("It was 1984. He read"), (Parts{"It was 1984. ", "He read"}));
  EXPECT_EQ(sentences("1. Wash\n2. Dry"), Parts{"1. Wash\n2. Dry"});
}

TEST(SentenceEnds, DoNotFollowInitialsAndDottedLetters) {
  EXPECT_EQ(sentences("J. R. R. Tolkien, e.g. here, i.e. in the U.S. Army"),
            Parts{"J. R. R. Tolkien, e.g. here, i.e. in the U.S. Army"});
  EXPECT_EQ(sentences("Von \xC3\x96. M\xC3\xBCller"), Parts{"Von \xC3\x96. M\xC3\xBCller"});
}

TEST(SentenceEnds, DoNotFollowAbbreviationsThatContinue) {
  EXPECT_EQ(sentences("Mr. Smith met Dr. Who vs. Prof. X (see Fig. 3)."),
            Parts{"Mr. Smith met Dr. Who vs. Prof. X (see Fig. 3)."});
}

TEST(SentenceEnds, FollowAbbreviationsThatMayCloseUnlessLowerCaseFollows) {
  EXPECT_EQ(sentences("Apples, pears, etc. are fruit"), Parts{"Apples, pears, etc. are fruit"});
  EXPECT_EQ(sentences("Apples, pears, etc. They are fruit"),
            (Parts{"Apples, pears, etc. ", "They are fruit"}));
}

TEST(SentenceEnds, DoNotFollowACountingWordBeforeADigit) {
  EXPECT_EQ(sentences("See no. 5 and pp. 3-7"), Parts{"See no. 5 and pp. 3-7"});
  EXPECT_EQ(sentences("She said no. He left"), (Parts{"She said no. ", "He left"}));
}

TEST(SentenceEnds, NeedNoSpaceAfterCjkMarks) {
  EXPECT_EQ(sentences("今日は。「元気？」はい！ 終"),
            (Parts{"今日は。", "「元気？」", "はい！ ", "終"}));
}

TEST(SentenceEnds, KnowMarksOfOtherScripts) {
  EXPECT_EQ(sentences("नमस्ते। क्या? Wait… done"), (Parts{"नमस्ते। ", "क्या? ", "Wait… ", "done"}));
}

TEST(SentenceEnds, AcceptAnyBytes) {
  const std::string bytes = "a.\xFF b. \xE3\x80 c.\xE3";
  EXPECT_EQ(sentence_ends(bytes).back(), bytes.size());
}

TEST(SentenceEnds, AreLinearOnHostileText) {
  for (const std::string_view unit : {".", "a.", "a. ", "\xE3\x80\x82", ".)", "1.", "!\xFF"}) {
    std::string text;
    while (text.size() < 2'000'000) text += unit;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(sentence_ends(text).back(), text.size());
    // A quadratic scan takes hours; a linear one tens of milliseconds.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

}  // namespace
}  // namespace sememe::text
