#include "vectors/word_vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "sememe/error.h"

namespace sememe::vectors {
namespace {

class WordVectorFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("sememe-word-vectors-" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  WordVectors read(std::string_view bytes) const {
    write_file_atomic(path_, bytes);
    return read_word_vectors(path_);
  }
  std::string refusal(std::string_view bytes) const {
    try {
      static_cast<void>(read(bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorrupt) << error.what();
      return error.what();
    }
    return "was read";
  }

  Path path_;
};

WordVectors example() {
  WordVectors vectors(3);
  const float tiny = std::numeric_limits<float>::denorm_min();
  vectors.add("the", std::vector<float>{1.0F, -0.5F, 0.1F});
  vectors.add("grün", std::vector<float>{1e-30F, 3.4e38F, -tiny});
  vectors.add("a\xFF", std::vector<float>{0.0F, -0.0F, 123456789.0F});
  return vectors;
}

void expect_equal(const WordVectors& a, const WordVectors& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.dim(), b.dim());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a.word(i), b.word(i));
    EXPECT_EQ(std::memcmp(a.row(i).data(), b.row(i).data(), a.dim() * sizeof(float)), 0) << i;
  }
}

TEST_F(WordVectorFile, EveryFormatReadsBackTheSameFloats) {
  for (const auto format :
       {WordVectorFormat::kText, WordVectorFormat::kGlove, WordVectorFormat::kBinary}) {
    write_word_vectors(path_, example(), format);
    expect_equal(read_word_vectors(path_), example());
  }
}

TEST_F(WordVectorFile, FindsWords) {
  WordVectors vectors(1);
  for (int i = 0; i < 5000; ++i) vectors.add("w" + std::to_string(i), std::vector<float>{0.0F});
  vectors.add("w7", std::vector<float>{1.0F});  // again
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(vectors.find("w" + std::to_string(i)), i);
  EXPECT_FALSE(vectors.find("w5000"));
  EXPECT_FALSE(vectors.find(""));
  EXPECT_FALSE(WordVectors(3).find("x"));
}

TEST_F(WordVectorFile, ReadsWhatOtherProgramsWrite) {
  // word2vec.c and fastText end each line with a blank; gensim does not end binary rows.
  expect_equal(read("1 2\nword 0.5 -1 \n"), read("1 2\nword 0.5 -1\n"));
  expect_equal(read("1 2\r\nword 0.5 -1\r\n"), read("1 2\nword 0.5 -1"));
  const std::string floats("\0\0\0\x3F\0\0\x80\xBF", 8);
  expect_equal(read("2 2\na " + floats + "b " + floats),
               read("2 2\na " + floats + "\nb " + floats + "\n"));
  // GloVe has words with blanks in them.
  const WordVectors glove = read("word 1 2\n. . . 3 4\n");
  ASSERT_EQ(glove.size(), 2U);
  EXPECT_EQ(glove.word(1), ". . .");
  EXPECT_EQ(glove.row(1)[0], 3.0F);
}

TEST_F(WordVectorFile, RefusesWhatIsCutOrDamagedWithItsPlace) {
  const std::string floats("\0\0\0\x3F\0\0\x80\xBF", 8);
  EXPECT_NE(refusal("").find("line 1"), std::string::npos);
  EXPECT_NE(refusal("3 2\naa 10 20\nb 1 2\n").find("expected 3 words, found 2"), std::string::npos);
  EXPECT_NE(refusal("2 2\na 1 2\nb 1 x\n").find("line 3"), std::string::npos);
  EXPECT_NE(refusal("2 2\na 1 2\nb 1\n").find("line 3"), std::string::npos);
  EXPECT_NE(refusal("2 2\na 1 2\n\nb 1 2\n").find("line 3"), std::string::npos);
  EXPECT_NE(refusal("a 1 2\nb 1e99 2\n").find("line 2"), std::string::npos);
  EXPECT_NE(refusal("99999999999 100\na 1 2\n").find("line 1"), std::string::npos);
  EXPECT_NE(refusal("1 99999999999999\na 1 2\n").find("dimensions"), std::string::npos);
  EXPECT_NE(refusal("1 0\na\n").find("dimensions"), std::string::npos);
  EXPECT_NE(refusal("2 2\na " + floats + "\nb " + floats.substr(1)).find("byte 15"),
            std::string::npos);
  EXPECT_NE(refusal("2 2\na " + floats + "\nbbbbbbbbbbbb").find("byte 15"), std::string::npos);
  EXPECT_NE(refusal("1 2\na " + floats + "\nb").find("expected the end"), std::string::npos);
  EXPECT_NE(refusal("word\n").find("line 1"), std::string::npos);
}

TEST(WordVectorFormats, AreKnownBySuffix) {
  EXPECT_EQ(word_vector_format("x/model.vec"), WordVectorFormat::kText);
  EXPECT_EQ(word_vector_format("model.bin"), WordVectorFormat::kBinary);
  EXPECT_EQ(word_vector_format("m.glove"), WordVectorFormat::kGlove);
  EXPECT_THROW(static_cast<void>(word_vector_format("model.pkl")), Error);
}

}  // namespace
}  // namespace sememe::vectors
