#include "eval/datasets.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sememe/error.h"

namespace sememe::eval {
namespace {

Path write(const std::string& name, std::string_view bytes) {
  const Path path = Path(testing::TempDir()) / name;
  std::filesystem::create_directories(path.parent_path());
  write_file_atomic(path, bytes);
  return path;
}

std::string message_of(const auto& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(StsFile, ReadsPairsAndSkipsHeaderEmptyLinesAndCarriageReturns) {
  const auto pairs =
      read_sts(write("a.tsv", "score\ts1\ts2\n4.5\tA \"quoted\" one\tB\r\n\n0\t\tD\textra\n"));
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].score, 4.5);
  EXPECT_EQ(pairs[0].first, "A \"quoted\" one");
  EXPECT_EQ(pairs[0].second, "B");
  EXPECT_EQ(pairs[1].first, "");
}

TEST(StsFile, TakesOtherColumns) {
  const auto pairs = read_sts(write("b.tsv", "g\tf\t2.5\ta\tb\ng\tf\t1\tc\td\n"), {3, 4, 5});
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[1].second, "d");
}

TEST(StsFile, NamesTheLineThatIsWrong) {
  const Path few = write("few.tsv", "1\ta\tb\n2\tc\n");
  EXPECT_NE(message_of([&] {
              read_sts(few);
            }).find("few.tsv\" line 2: expected 3 columns between tabs, found 2"),
            std::string::npos);
  const Path word = write("word.tsv", "1\ta\tb\nhigh\tc\td\n");
  EXPECT_NE(message_of([&] {
              read_sts(word);
            }).find("line 2: expected a number as score, found \"high\""),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              read_sts(write("one.tsv", "1\ta\tb\n"));
            }).find("at least 2 sentence pairs, found 1"),
            std::string::npos);
}

TEST(RetrievalSet, ReadsTheBeirLayout) {
  const Path corpus = write("beir/corpus.jsonl",
                            "{\"_id\": \"d1\", \"title\": \"T\", \"text\": \"body \"}\n"
                            "{\"_id\": 2, \"title\": \"\", \"text\": \"x\"}\n");
  write("beir/queries.jsonl",
        "{\"_id\": \"q1\", \"text\": \"one\"}\n{\"_id\": \"q2\", \"text\": \"not judged\"}\n");
  write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\t2\t0\n");
  const RetrievalSet set = read_retrieval_set(corpus.parent_path());
  ASSERT_EQ(set.corpus.size(), 2U);
  EXPECT_EQ(set.corpus[0].text, "T body");
  EXPECT_EQ(set.corpus[1].text, "x");
  EXPECT_EQ(set.corpus[1].id, "2");
  ASSERT_EQ(set.queries.size(), 1U);
  EXPECT_EQ(set.judgements.at("q1").at("d1"), 2);
}

TEST(RetrievalSet, NamesTheFileAndLineThatIsWrong) {
  const Path corpus =
      write("bad/corpus.jsonl", "{\"_id\": \"d1\", \"text\": \"a\"}\n{\"text\": \"no id\"}\n");
  write("bad/queries.jsonl", "{\"_id\": \"q1\", \"text\": \"one\"}\n");
  write("bad/qrels/test.tsv", "q1\td1\t1\n");
  const std::string message = message_of([&] { read_retrieval_set(corpus.parent_path()); });
  EXPECT_NE(message.find("corpus.jsonl\" line 2: expected \"_id\", it is missing"),
            std::string::npos)
      << message;
  write("bad/qrels/test.tsv", "h\nq1 d1 1\n");
  EXPECT_NE(message_of([&] {
              read_retrieval_set(corpus.parent_path());
            }).find("test.tsv\" line 2: expected query id"),
            std::string::npos);
}

}  // namespace
}  // namespace sememe::eval
