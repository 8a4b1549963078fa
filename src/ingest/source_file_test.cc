#include "ingest/source_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "ingest/chunker_testing.h"

namespace sememe::ingest {
namespace {

class SourceFileTest : public testing::Test {
 protected:
  SourceFileTest() : path_(testing::TempDir() + "source_file_test.txt") {
    std::filesystem::remove(path_);
  }
  ~SourceFileTest() override { std::filesystem::remove(path_); }

  void write(std::string_view bytes) const { std::ofstream(path_) << bytes; }

  std::string path_;
};

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kIo;
}

std::vector<Passage> passages(std::string_view bytes, InvalidUtf8 invalid = InvalidUtf8::kSkip) {
  return passages_of("a.txt", bytes, invalid, tiny_measure(), {});
}

TEST_F(SourceFileTest, ReadsAVersionWithItsStamp) {
  write("words");
  const SourceFile source = read_source_file(path_, 100);
  EXPECT_EQ(source.bytes, "words");
  EXPECT_EQ(source.stamp, file_stamp(path_));
}

TEST_F(SourceFileTest, ReadsAgainWhenTheFileChangedMeanwhile) {
  write("old");
  int reads = 0;
  const SourceFile source = read_source_file(path_, 100, [&] {
    if (++reads == 1) write("newer");
  });
  EXPECT_EQ(source.bytes, "newer");
  EXPECT_EQ(reads, 2);
}

TEST_F(SourceFileTest, GivesUpOnAFileThatKeepsChanging) {
  write("a");
  std::string text = "a";
  EXPECT_EQ(code_of([&] { read_source_file(path_, 100, [&] { write(text += "a"); }); }),
            ErrorCode::kConflict);
}

TEST_F(SourceFileTest, SeesAFileThatIsReplacedByOneOfTheSameSize) {
  write("one");
  const std::string other = path_ + ".new";
  int reads = 0;
  const SourceFile source = read_source_file(path_, 100, [&] {
    if (++reads > 1) return;
    std::ofstream(other) << "two";
    std::filesystem::rename(other, path_);
  });
  EXPECT_EQ(source.bytes, "two");
}

TEST_F(SourceFileTest, SaysWhenAFileIsGoneOrNoFile) {
  EXPECT_EQ(code_of([&] { read_source_file(path_, 100); }), ErrorCode::kNotFound);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0644), 0);
  EXPECT_EQ(code_of([&] { read_source_file(path_, 100); }), ErrorCode::kConflict);
}

TEST_F(SourceFileTest, RefusesAFileThatGrewBeyondTheLimit) {
  write(std::string(101, 'x'));
  EXPECT_EQ(code_of([&] { read_source_file(path_, 100); }), ErrorCode::kLimit);
}

TEST(FindBinary, TellsTextFromOtherBytes) {
  EXPECT_FALSE(find_binary("").has_value());
  EXPECT_FALSE(find_binary("text\twith\r\nlayout\x1B[0m\f").has_value());
  EXPECT_FALSE(find_binary("caf\xE9 latin-1").has_value());
  EXPECT_EQ(find_binary(std::string_view("ab\0", 3)), "NUL byte at offset 2");
  EXPECT_FALSE(find_binary(std::string(8192, 'a') + '\0').has_value());
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::string bytes;
    for (int i = 0; i < 400; ++i) bytes += static_cast<char>(1 + random() % 255);
    EXPECT_TRUE(find_binary(bytes).has_value());
  }
}

TEST(PassagesOf, PassesOverAByteOrderMark) {
  const auto found = passages("\xEF\xBB\xBFwords");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].bytes, (ByteRange{3, 8}));
  EXPECT_EQ(found[0].text, "words");
}

TEST(PassagesOf, NamesTheOffsetOfTheFirstInvalidByte) {
  try {
    passages(
        "\xEF\xBB\xBF"
        "ab\xFF");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "expected UTF-8, found an invalid byte at offset 5");
  }
}

TEST(PassagesOf, KeepsOffsetsTrueAroundReplacedBytes) {
  const std::string bytes = "\xFF\xE9 first\n\n" + std::string(900, '\xFE') + " end\n\nlast \xC3";
  std::size_t at = 0;
  for (const Passage& passage : passages(bytes, InvalidUtf8::kReplace)) {
    EXPECT_GE(passage.bytes.begin, at);
    EXPECT_EQ(passage.text,
              bytes.substr(passage.bytes.begin, passage.bytes.end - passage.bytes.begin));
    at = passage.bytes.end;
  }
  EXPECT_EQ(at, bytes.size());
}

TEST(PassagesOf, RefusesUtf16) {
  EXPECT_EQ(code_of([] {
              passages(
                  std::string_view("\xFF\xFE"
                                   "a\0",
                                   4));
            }),
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace sememe::ingest
