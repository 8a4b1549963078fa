#include "ingest/chunker.h"

#include <gtest/gtest.h>

#include <random>

#include "base/clock_testing.h"
#include "base/file.h"
#include "ingest/chunker_testing.h"
#include "ingest/golden_testing.h"

namespace sememe::ingest {
namespace {

std::vector<Passage> chunk(std::string_view path, std::string_view source,
                           const ChunkOptions& options = {}) {
  const ParsedDocument document = parse_document(path, source);
  const TokenMeasure measure = tiny_measure();
  std::vector<Passage> passages = chunk_document(source, document, measure, options);
  EXPECT_EQ(broken_rule(source, document, passages, measure, options.max_tokens), "") << path;
  return passages;
}

std::string words(std::size_t count, std::string_view word = "word") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append(word).append(" ");
  return text;
}

TEST(Chunker, GivesAnOptionOfAManualItsOwnPassageUnderItsHeadings) {
  const std::string manual = golden("manual.txt");
  for (const Passage& passage :
       chunk("manual.txt", manual, {.max_tokens = 112, .target_tokens = 50})) {
    if (passage.text.find("Leaves every file") == std::string::npos) continue;
    EXPECT_EQ(passage.heading, "tool-undo(1) > 'tool undo' [<mode>] [<step>] > --gentle");
    EXPECT_TRUE(passage.text.starts_with("--gentle::\n"));
    EXPECT_TRUE(passage.text.ends_with("smaller parts."));
    EXPECT_EQ(passage.line, 25u);
    EXPECT_EQ(passage.end_line, 27u);
    return;
  }
  FAIL() << "the option is in no passage";
}

TEST(Chunker, KeepsAnEntryWholeThatFitsTheLimit) {
  const std::string manual = golden("manual.txt");
  for (const Passage& passage : chunk("manual.txt", manual)) {
    if (passage.text.find("Leaves every file") == std::string::npos) continue;
    EXPECT_EQ(passage.heading, "tool-undo(1) > DESCRIPTION > 'tool undo' [<mode>] [<step>]");
    EXPECT_TRUE(passage.text.starts_with("'tool undo' [<mode>] [<step>]::\n"));
    EXPECT_TRUE(passage.text.ends_with("another program holds."));
    return;
  }
  FAIL() << "the entry is in no passage";
}

TEST(Chunker, PutsAHeadingLineIntoThePassageThatFollowsIt) {
  const auto passages = chunk("a.md", "# One\n\n## Two\n\nwords\n\n## Three\n\nmore\n");
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_EQ(passages[0].text, "# One\n\n## Two\n\nwords");
  EXPECT_EQ(passages[0].heading, "One > Two");
  EXPECT_EQ(passages[1].text, "## Three\n\nmore");
  EXPECT_EQ(passages[1].heading, "One > Three");
}

TEST(Chunker, KeepsAHeadingThatNothingFollows) {
  const auto passages = chunk("a.md", "words\n\n# Last\n");
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_EQ(passages[1].text, "# Last");
}

TEST(Chunker, JoinsSmallParagraphsUpToTheTarget) {
  std::string source;
  for (int i = 0; i < 10; ++i) source += words(50) + "\n\n";
  const auto passages = chunk("a.txt", source, {.target_tokens = 100});
  ASSERT_EQ(passages.size(), 5u);
  EXPECT_EQ(passages[0].line, 1u);
  EXPECT_EQ(passages[0].end_line, 3u);
}

TEST(Chunker, JoinsEntriesUpToTheTargetUnderTheNameOfTheFirst) {
  const auto entry = [](std::string_view label) {
    return concat(label, "::\n\t", words(60), "\n\n");
  };
  const auto passages = chunk("a.adoc", entry("-a") + entry("-b") + entry("-c"));
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_TRUE(passages[0].text.starts_with("-a::"));
  EXPECT_EQ(passages[0].heading, "-a");
  EXPECT_TRUE(passages[1].text.starts_with("-c::"));
  EXPECT_EQ(passages[1].heading, "-c");
}

TEST(Chunker, CountsNoTokensOfLinesThatTheModelDoesNotRead) {
  const std::string ruler = std::string(400, '-') + "\n";
  const std::string listing = ruler + words(20) + "\n" + ruler;
  EXPECT_EQ(chunk("a.adoc", "words\n\n" + listing + "\nwords\n\n" + listing).size(), 1u);
}

TEST(Chunker, JoinsAnEntryWithWhatBelongsToIt) {
  const auto passages =
      chunk("a.adoc", "-a::\n\t" + words(60) + "\n+\n" + words(60) + "\n\n-b::\n\t" + words(60));
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_TRUE(passages[1].text.starts_with("-b::"));
}

TEST(Chunker, NeverLeavesALabelAlone) {
  const std::string code = "----\n" + words(140, "run\n") + "----\n";
  const auto passages = chunk("a.adoc", "Undo a step::\n+\n" + code + "+\n" + code);
  ASSERT_EQ(passages.size(), 2u);
  EXPECT_TRUE(passages[0].text.starts_with("Undo a step::\n+\n----\nrun"));
  EXPECT_EQ(passages[0].heading, "Undo a step");
  EXPECT_EQ(passages[1].heading, "Undo a step");
}

TEST(Chunker, CutsALargeParagraphBetweenSentences) {
  std::string source;
  for (int i = 0; i < 60; ++i) source += "This is one sentence of eight words. ";
  for (const Passage& passage : chunk("a.txt", source)) {
    EXPECT_TRUE(passage.text.starts_with("This")) << passage.text;
    EXPECT_TRUE(passage.text.ends_with("words.")) << passage.text;
  }
}

TEST(Chunker, CutsCodeBetweenLinesAndNamesTheFunctionAroundIt) {
  std::string source = "int main() {\n";
  for (int i = 0; i < 100; ++i) source += concat("  call_number(", i, ", value);\n");
  source += "}\n";
  const auto passages = chunk("a.c", source);
  ASSERT_GT(passages.size(), 3u);
  EXPECT_EQ(passages[0].heading, "int main()");
  EXPECT_EQ(passages[1].heading, "int main()");
  for (std::size_t i = 1; i < passages.size(); ++i) {
    EXPECT_TRUE(passages[i].text.starts_with("  call_number(")) << passages[i].text;
  }
}

TEST(Chunker, ShortensALongHeadingPathFromItsMiddle) {
  const auto passages =
      chunk("a.md", "# A\n\n## " + words(9) + "\n\n### C\n\ntext", {.max_tokens = 40});
  EXPECT_EQ(passages.back().heading, "A > C");
}

TEST(Chunker, KeepsTheInnermostHeadingWhenTheOutermostIsTooLong) {
  std::string source;
  for (int level = 1; level <= 6; ++level) {
    source += concat(std::string(static_cast<std::size_t>(level), '#'), " Level ", level, " ",
                     words(9), "\n\n");
  }
  const auto passages = chunk("a.md", source + "text", {.max_tokens = 80});
  EXPECT_TRUE(passages.back().heading.starts_with("Level 6")) << passages.back().heading;
}

TEST(Chunker, PutsTheTitleOfTheFrontMatterFirst) {
  EXPECT_EQ(chunk("notes.md", golden("notes.md")).back().heading,
            "Field notes > Growing tomatoes in pots > Third");
  EXPECT_EQ(chunk("a.md", "---\ntitle: A\n---\n# A\n\nwords").back().heading, "A");
}

TEST(Chunker, CutsATextWithoutSpacesBetweenCodePoints) {
  EXPECT_GT(chunk("a.txt", words(3000, "\xC3\xA9\xE2\x82\xAC")).size(), 1u);
  std::string euros;
  for (int i = 0; i < 20000; ++i) euros += "\xE2\x82\xAC";
  EXPECT_GT(chunk("a.txt", euros).size(), 1u);
}

TEST(Chunker, GivesNothingForWhiteSpace) {
  EXPECT_TRUE(chunk("a.txt", "").empty());
  EXPECT_TRUE(chunk("a.md", " \n\n\t\n").empty());
}

TEST(Chunker, RefusesALimitWithoutRoom) {
  const ParsedDocument document = parse_document("a.txt", "word");
  EXPECT_THROW(chunk_document("word", document, tiny_measure(), {.max_tokens = 17}), Error);
}

TEST(Chunker, HoldsItsRulesForEveryFormatAndLimit) {
  for (const std::string name : {"notes.md", "manual.txt", "shapes.py", "shapes.cc", "guide.rst"}) {
    const std::string source = golden(name);
    for (const std::size_t limit : {18u, 19u, 24u, 33u, 64u, 128u, 512u}) {
      EXPECT_FALSE(chunk(name, source, {.max_tokens = limit}).empty());
    }
  }
}

/// Lines of markup in an order that no author would choose.
std::string random_document(std::mt19937_64& random) {
  static constexpr std::string_view kLines[] = {"# Title",
                                                "Title\n=====",
                                                "== Section",
                                                "Words, and more words. Here too.",
                                                "",
                                                "",
                                                "",
                                                "- item",
                                                "  * nested",
                                                "1. one",
                                                "-q::",
                                                "\tindented text",
                                                "+",
                                                "--",
                                                "----",
                                                "====",
                                                "|===",
                                                "| a | b |\n|---|---|",
                                                "```",
                                                "> quote",
                                                "<!-- c -->",
                                                "// comment",
                                                "[verse]",
                                                ".Title",
                                                "def f(x):",
                                                "    return x",
                                                "class A {",
                                                "}",
                                                "int main() {",
                                                "  /* c */",
                                                "\xE2\x82\xAC\xE2\x82\xAC \xC3\xA9",
                                                "ifdef::x[]",
                                                "[a]: b",
                                                "***",
                                                "\r",
                                                "a:::",
                                                "b;; c"};
  std::string text;
  for (std::size_t n = random() % 60; n > 0; --n) {
    text.append(kLines[random() % std::size(kLines)]).append("\n");
    if (random() % 8 == 0) text += words(random() % 300) + "\n";
  }
  return text;
}

TEST(Chunker, HoldsItsRulesForRandomDocuments) {
  const char* given = std::getenv("SEMEME_TEST_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 600; ++round) {
    const std::string source = random_document(random);
    const ChunkOptions options{.max_tokens = 18 + random() % 200,
                               .target_tokens = 16 + random() % 100};
    for (const std::string name : {"a.md", "a.adoc", "a.py", "a.cc", "a.txt"}) {
      const auto once = chunk(name, source, options);
      const auto twice = chunk(name, source, options);
      ASSERT_EQ(once.size(), twice.size());
      for (std::size_t i = 0; i < once.size(); ++i) {
        ASSERT_EQ(once[i].bytes, twice[i].bytes);
        ASSERT_EQ(once[i].heading, twice[i].heading);
      }
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", round " << round << "\n" << source;
    }
  }
}

TEST(Chunker, TakesLinearTimeForALineWithoutSpaces) {
  const LinearTime time;
  EXPECT_GT(chunk("a.txt", std::string(1 << 20, 'x')).size(), 10u);
  EXPECT_GT(chunk("a.js", words(1 << 18, "a();")).size(), 10u);
  EXPECT_LT(time.seconds(), LinearTime::kMostSeconds);
}

}  // namespace
}  // namespace sememe::ingest
