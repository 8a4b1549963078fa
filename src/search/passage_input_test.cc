#include "search/passage_input.h"

#include <gtest/gtest.h>

#include "base/clock_testing.h"
#include "text/utf8.h"

namespace sememe {
namespace {

TEST(PassageInput, PutsTheOutermostAndTheInnermostHeadingAfterTheText) {
  EXPECT_EQ(passage_input("Manual", "words"), "words\nManual");
  EXPECT_EQ(passage_input("Manual > Part", "words"), "words\nManual\nPart");
  EXPECT_EQ(passage_input("Manual > Part > Section", "words"), "words\nManual\nSection");
  EXPECT_EQ(passage_input("", "words"), "words");
  EXPECT_EQ(passage_input("Manual > Part", ""), "Manual\nPart");
  EXPECT_EQ(passage_input("", ""), "");
}

TEST(PassageInput, LeavesOutLinesWithoutALetterOrDigit) {
  EXPECT_EQ(passage_input("", "Undo::\n+\n------\n$ undo 2\n------\n\n}\nend"),
            "Undo::\n$ undo 2\nend");
  EXPECT_EQ(passage_input("", "---\n\xC3\xA9\n---"), "\xC3\xA9");
}

TEST(PassageInput, KeepsATextThatHasNoOtherLines) {
  EXPECT_EQ(passage_input("", ":-)\n:-("), ":-)\n:-(");
  EXPECT_EQ(passage_input("Signs", "?!"), "?!\nSigns");
}

TEST(PassageInput, TakesQuotesAwayButNoApostrophes) {
  EXPECT_EQ(passage_input("", "Use `undo -2`, 'undo' or ``that one''."),
            "Use undo -2, undo or that one.");
  EXPECT_EQ(passage_input("", "It doesn't say 'don't'."), "It doesn't say don't.");
  EXPECT_EQ(passage_input("", "a '''three''' b"), "a '''three''' b");
  EXPECT_EQ(passage_input("'undo' [<step>]", "x"), "x\nundo [<step>]");
}

TEST(PassageInput, ReadsReferencesAsAReaderSeesThem) {
  EXPECT_EQ(passage_input("", "See linkgit:git-add[1], and xref:a[b]."),
            "See git-add, and xref:a[b].");
  EXPECT_EQ(passage_input("", "In <<top,the first part>> or <<top>>."),
            "In the first part or <<top>>.");
  EXPECT_EQ(passage_input("", "a << b, c >> d; note:x[12]"), "a << b, c >> d; note:x[12]");
}

TEST(PassageInput, StopsAtTheEndOfALineThatBreaksOff) {
  EXPECT_EQ(passage_input("", "a <<b,c\nd linkgit:x[1\ne linkgit:\nf `"),
            "a <<b,c\nd linkgit:x[1\ne linkgit:\nf ");
}

TEST(PassageInput, ReplacesBytesThatAreNotUtf8) {
  const std::string input = passage_input("A\xFF", "a\xC3");
  EXPECT_FALSE(text::find_invalid_utf8(input));
  EXPECT_EQ(input, "a\xEF\xBF\xBD\nA\xEF\xBF\xBD");
}

TEST(PassageInput, TakesLinearTimeForLinesThatNearlyAreMarkup) {
  const LinearTime time;
  for (const std::string_view piece : {"<<", "``", "a:b-", "a:", "''' "}) {
    std::string text = "a";
    while (text.size() < (std::size_t{1} << 20)) text += piece;
    EXPECT_FALSE(passage_input("", text).empty());
  }
  EXPECT_LT(time.seconds(), LinearTime::kMostSeconds);
}

}  // namespace
}  // namespace sememe
