#include "ingest/document.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error_context.h"
#include "base/file.h"
#include "ingest/formats.h"
#include "ingest/golden_testing.h"

namespace sememe::ingest {
namespace {

/// One line for each block: kind, level, title, the text's first line.
std::vector<std::string> outline(std::string_view path, std::string_view text) {
  static constexpr std::string_view kKinds[] = {"heading", "paragraph", "item",   "entry",
                                                "code",    "table",     "dropped"};
  std::vector<std::string> lines;
  for (const Block& block : parse_document(path, text).blocks) {
    const std::string_view source =
        text.substr(block.bytes.begin, block.bytes.end - block.bytes.begin);
    lines.push_back(concat(kKinds[static_cast<std::size_t>(block.kind)], " ", block.level, " [",
                           block.title, "] ", source.substr(0, source.find('\n'))));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(ParseDocument, ReadsHeadingsListsCodeAndTablesOfMarkdown) {
  EXPECT_EQ(outline("notes.md", golden("notes.md")),
            (Lines{"dropped 0 [] ---", "paragraph 0 [] Words before the first heading.",
                   "heading 1 [Growing tomatoes in pots] # Growing *tomatoes* in `pots`",
                   "paragraph 0 [] Water them daily. Do not wet the leaves.",
                   "dropped 0 [] <!-- a comment -->", "heading 2 [Second level] Second level",
                   "item 0 [] - first item", "item 1 []   - nested item", "item 0 [] - second item",
                   "code 0 [] ```sh", "table 0 [] | month | work |", "dropped 0 [] ***",
                   "heading 2 [Third] ## Third ##", "paragraph 0 [] The end."}));
  EXPECT_EQ(parse_document("notes.md", golden("notes.md")).title, "Field notes");
}

TEST(ParseDocument, KeepsMarkdownPositionsWithCarriageReturnsAndTabs) {
  EXPECT_EQ(outline("a.md", "# A\r\n\r\nfirst\r\n\tsecond\r\rthird\r\n"),
            (Lines{"heading 1 [A] # A", "paragraph 0 [] first\r", "paragraph 0 [] third"}));
}

TEST(ParseDocument, TakesADashLineWithoutEndForNoFrontMatter) {
  EXPECT_EQ(outline("a.md", "---\nwords\n"), (Lines{"dropped 0 [] ---", "paragraph 0 [] words"}));
}

TEST(ParseDocument, NestsEntriesOfAManualUnderTheirParents) {
  const Lines lines = outline("manual.txt", golden("manual.txt"));
  const Lines expected = {
      "heading 1 [DESCRIPTION] DESCRIPTION",
      "dropped 0 [] // A comment that nobody searches for.",
      "paragraph 0 [] Goes back to an earlier step. The step is named by number.",
      "entry 0 ['tool undo' [<mode>] [<step>]] 'tool undo' [<mode>] [<step>]::",
      "dropped 0 [] +",
      "dropped 0 [] --",
      "entry 1 [--gentle] --gentle::",
      "entry 1 [--hard] --hard::",
      "dropped 0 [] +",
      "paragraph 2 [] There is no way back, but for the files that another program holds.",
      "dropped 0 [] --",
      "paragraph 0 [] See also the chapter on saving.",
      "heading 1 [OPTIONS] OPTIONS",
      "entry 0 [-q, --quiet] -q::",
      "entry 0 [--color[=<when>]] --color[=<when>]::",
      "heading 1 [EXAMPLES] EXAMPLES",
      "code 0 [] .Two steps back",
      "item 0 [] * one thing",
      "item 0 [] * another thing",
      "table 0 [] |==="};
  ASSERT_GE(lines.size(), expected.size());
  EXPECT_EQ(Lines(lines.end() - static_cast<std::ptrdiff_t>(expected.size()), lines.end()),
            expected);
  EXPECT_EQ(lines[0], "heading 0 [tool-undo(1)] tool-undo(1)");
}

TEST(ParseDocument, ReadsOneLineTitlesAndAnchorsOfAsciiDoc) {
  EXPECT_EQ(
      outline("a.adoc", "= Book\n:toc:\n\n== Part one ==\nwords\n\nNext[[next]]\n----------\n"),
      (Lines{"heading 0 [Book] = Book", "dropped 0 [] :toc:", "heading 1 [Part one] == Part one ==",
             "paragraph 0 [] words", "heading 1 [Next] Next[[next]]"}));
}

TEST(ParseDocument, EndsAnEntryAtAPlainParagraph) {
  EXPECT_EQ(outline("a.adoc", "a::\n\tone\n\n\ttwo\n\nthree\n"),
            (Lines{"entry 0 [a] a::", "paragraph 1 [] \ttwo", "paragraph 0 [] three"}));
}

TEST(ParseDocument, NestsEntriesByTheirMarker) {
  EXPECT_EQ(outline("a.adoc", "a::\n\tone\n\nb:::\n\ttwo\n\nc::\n\tthree\n"),
            (Lines{"entry 0 [a] a::", "entry 1 [b] b:::", "entry 0 [c] c::"}));
}

TEST(ParseDocument, DropsDirectivesAroundEntriesButKeepsThemInside) {
  EXPECT_EQ(
      outline("a.adoc", "ifdef::x[]\n-p::\nifdef::y[]\n-u::\nendif::y[]\n\tText.\nendif::x[]\n"),
      (Lines{"dropped 0 [] ifdef::x[]", "entry 0 [-p, -u] -p::", "dropped 0 [] endif::x[]"}));
}

TEST(ParseDocument, DropsADelimiterThatNothingCloses) {
  EXPECT_EQ(outline("a.adoc", "words\n\n--------------\nmore\n"),
            (Lines{"paragraph 0 [] words", "dropped 0 [] --------------", "paragraph 0 [] more"}));
}

TEST(ParseDocument, FindsDefinitionsWithTheirComments) {
  const Lines python = outline("shapes.py", golden("shapes.py"));
  EXPECT_EQ(python,
            (Lines{"code 0 [] \"\"\"Shapes.\"\"\"", "entry 0 [def distance(a, b)] # How far is it?",
                   "entry 0 [class Circle] class Circle:"}));
  EXPECT_EQ(outline("shapes.cc", golden("shapes.cc")),
            (Lines{"code 0 [] // Shapes.", "code 0 [] namespace shapes {",
                   "entry 0 [double distance(double a, double b)] /**",
                   "code 0 [] double square(double a) { return a * a; }",
                   "entry 0 [class Circle] class Circle {"}));
}

TEST(ParseDocument, TakesALongClassApart) {
  std::string text = "class Big:\n";
  for (int i = 0; i < 20; ++i) text += concat("    def method", i, "(self):\n        pass\n\n");
  const Lines lines = outline("big.py", text);
  ASSERT_EQ(lines.size(), 21u);
  EXPECT_EQ(lines[0], "entry 0 [class Big] class Big:");
  EXPECT_EQ(lines[20], "entry 1 [def method19(self)]     def method19(self):");
}

TEST(ParseDocument, LevelsUnderlinedTitlesByTheirFirstUse) {
  EXPECT_EQ(outline("guide.rst", golden("guide.rst")),
            (Lines{"heading 0 [Guide] =====", "paragraph 0 [] First words.",
                   "heading 1 [Install] Install",
                   "paragraph 0 [] Run the program::", "paragraph 0 []     $ run",
                   "heading 2 [Later] Later", "paragraph 0 [] Rest a while."}));
}

TEST(ParseDocument, ClosesEveryGapInAnyDocument) {
  for (const std::string name : {"a.md", "a.adoc", "a.py", "a.txt"}) {
    EXPECT_TRUE(outline(name, "").empty()) << name;
    EXPECT_TRUE(outline(name, " \n\t\n").empty()) << name;
    EXPECT_EQ(outline(name, "word"),
              Lines{name == "a.py" ? "code 0 [] word" : "paragraph 0 [] word"});
  }
  // A link definition is in no node of cmark's tree.
  EXPECT_EQ(outline("a.md", "[a]: http://example.org\n").size(), 1u);
}

TEST(DetectFormat, TellsTextFilesApart) {
  EXPECT_EQ(detect_format("git-x.txt", golden("manual.txt")), Format::kAsciiDoc);
  EXPECT_EQ(detect_format("a.txt", "Title\n=====\n\nWords::\n\n  code\n"), Format::kPlainText);
  EXPECT_EQ(detect_format("a.txt", "-q::\n\tquiet\n"), Format::kAsciiDoc);
  EXPECT_EQ(detect_format("README.MD", ""), Format::kMarkdown);
  EXPECT_EQ(detect_format("x/CMakeLists.txt", ""), Format::kSourceCode);
  EXPECT_EQ(detect_format("x/Makefile", ""), Format::kSourceCode);
  EXPECT_EQ(detect_format("LICENSE", "words"), Format::kPlainText);
}

TEST(IsUnsupportedFormat, NamesWhatIsNoPlainText) {
  EXPECT_TRUE(is_unsupported_format("a/b.HTML"));
  EXPECT_TRUE(is_unsupported_format("package-lock.json"));
  EXPECT_TRUE(is_unsupported_format("x.min.js"));
  EXPECT_FALSE(is_unsupported_format("html"));
  EXPECT_FALSE(is_unsupported_format("LICENSE"));
  EXPECT_FALSE(is_unsupported_format("a.txt"));
}

TEST(TitleOf, CutsBetweenCodePoints) {
  EXPECT_EQ(title_of("  a\n  b  "), "a b");
  EXPECT_EQ(title_of("aé", 2), "a");
  EXPECT_EQ(title_of("aé", 3), "aé");
}

}  // namespace
}  // namespace sememe::ingest
