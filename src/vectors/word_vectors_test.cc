#include "vectors/word_vectors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "sememe/error.h"
#include "vectors/safetensors_testing.h"
#include "vectors/word_vectors_testing.h"

namespace sememe::vectors {
namespace {

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
       {WordVectorFormat::kText, WordVectorFormat::kGlove, WordVectorFormat::kBinary,
        WordVectorFormat::kSafetensors, WordVectorFormat::kNpy}) {
    write_word_vectors(path_, example(), format);
    const WordVectors back = read_word_vectors(path_);
    expect_equal(back, example());
    EXPECT_EQ(back.find("grün"), 1U);
  }
}

TEST_F(WordVectorFile, NumbersOfCopiesStayWhereTheyLie) {
  write_word_vectors(path_, example(), WordVectorFormat::kSafetensors);
  WordVectors back;
  {
    const WordVectors first = read_word_vectors(path_);
    back = first;
    EXPECT_EQ(back.matrix().data, first.matrix().data);
  }
  expect_equal(back, example());
}

TEST_F(WordVectorFile, WritesFromWhereverRowsLie) {
  const WordVectors vectors = example();
  std::vector<float> scratch;
  const WordVectorSource source = {.words = 3,
                                   .dim = 3,
                                   .word = [&](std::size_t i) { return vectors.word(2 - i); },
                                   .row =
                                       [&](std::size_t i) {
                                         scratch.assign(vectors.row(2 - i).begin(),
                                                        vectors.row(2 - i).end());
                                         return std::span<const float>(scratch);
                                       }};
  for (const auto format : {WordVectorFormat::kText, WordVectorFormat::kSafetensors}) {
    write_word_vectors(path_, source, format);
    const WordVectors back = read_word_vectors(path_);
    EXPECT_EQ(back.word(2), "the");
    EXPECT_EQ(back.row(2)[1], -0.5F);
  }
}

TEST_F(WordVectorFile, RefusesWordsThatAFormatCannotHold) {
  const auto write = [&](std::string_view word, WordVectorFormat format) {
    WordVectors vectors(1);
    vectors.add(word, std::vector<float>{1.0F});
    write_word_vectors(path_, vectors, format);
  };
  EXPECT_THROW(write("a\nb", WordVectorFormat::kText), Error);
  EXPECT_THROW(write("", WordVectorFormat::kNpy), Error);
  EXPECT_THROW(write("a b", WordVectorFormat::kBinary), Error);
  EXPECT_NO_THROW(write("a b", WordVectorFormat::kSafetensors));
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

// What is cut anywhere is refused; the only end that may lack is a last line end.
TEST_F(WordVectorFile, RefusesBinaryFilesCutAtEveryByte) {
  for (const auto format :
       {WordVectorFormat::kBinary, WordVectorFormat::kSafetensors, WordVectorFormat::kNpy}) {
    write_word_vectors(path_, example(), format);
    const std::string bytes = read_file(path_);
    const std::size_t needed = bytes.size() - (format == WordVectorFormat::kBinary ? 1 : 0);
    for (std::size_t size = 0; size < needed; ++size) {
      EXPECT_THROW(static_cast<void>(read(bytes.substr(0, size))), Error) << size;
    }
    expect_equal(read(bytes), example());
  }
}

// A number can be cut into a shorter one, which nothing shows; every other cut is refused.
TEST_F(WordVectorFile, RefusesTextCutAtEveryByteUpToTheLastNumber) {
  const std::string text = "2 2\naa 0.5 -1\nb 2 0.25\n";
  for (std::size_t size = 0; size < text.size() - 5; ++size) {
    EXPECT_THROW(static_cast<void>(read(text.substr(0, size))), Error) << size;
  }
  EXPECT_EQ(read(text.substr(0, text.size() - 2)).row(1)[1], 0.2F);
  const std::string glove = text.substr(4);
  for (std::size_t size = 0; size < glove.size(); ++size) {
    try {
      EXPECT_LE(read(glove.substr(0, size)).size(), 2U);
    } catch (const Error&) {
    }
  }
}

TEST_F(WordVectorFile, RefusesHostileSizes) {
  const auto npy = [](const std::string& shape) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    header.resize(117, ' ');
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + std::string(16, '\0');
  };
  write_unsynced(vocabulary(), "a\nb\n");
  EXPECT_EQ(read(npy("2, 2")).size(), 2U);
  EXPECT_NE(refusal(npy("3, 1")).find("expected 3 words, one a line, found 2"), std::string::npos);
  EXPECT_NE(refusal(npy("2, 0")).find("dimension"), std::string::npos);
  EXPECT_NE(refusal(npy("2, 288230376151711744")).find("floats"), std::string::npos);
  EXPECT_THROW(static_cast<void>(read(npy("2, 99999999999999999999"))), Error);
  EXPECT_THROW(static_cast<void>(read(npy("-2, 2"))), Error);

  const auto tensors = [](const std::string& shape, const std::string& bytes) {
    return safetensors_bytes(R"({"vectors":{"dtype":"F32","shape":)" + shape +
                                 R"(,"data_offsets":[0,16]},"words":{"dtype":"U8","shape":[)" +
                                 bytes + R"(],"data_offsets":[16,20]}})",
                             std::string(16, '\0') + "a\nb\n");
  };
  EXPECT_EQ(read(tensors("[2,2]", "4")).size(), 2U);
  EXPECT_NE(refusal(tensors("[4,1]", "4")).find("expected 4 words"), std::string::npos);
  EXPECT_NE(refusal(tensors("[2,4294967296,4294967296]", "4")).find("2^64"), std::string::npos);
  EXPECT_NE(refusal(tensors("[2,2]", "5")).find("expected 5 bytes"), std::string::npos);
  EXPECT_THROW(static_cast<void>(read(tensors("[4]", "4"))), Error);
  EXPECT_THROW(static_cast<void>(read(safetensors_bytes("{}   ", ""))), Error);

  const std::string floats("\0\0\0\x3F", 4);
  EXPECT_NE(refusal("5 1\na " + floats + "\nb " + floats).find("expected 5 words of 4 bytes"),
            std::string::npos);
  EXPECT_NE(refusal("4611686018427387905 4\n" + std::string(64, 'x')).find("line 1"),
            std::string::npos);
}

TEST_F(WordVectorFile, ReadsHalvesOfSafetensors) {
  const std::string bytes =
      safetensors_bytes(R"({"vectors":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},)"
                        R"("words":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}})",
                        std::string("\0\x3c\0\xc0w", 5));
  const WordVectors vectors = read(bytes);
  EXPECT_EQ(vectors.word(0), "w");
  EXPECT_EQ(vectors.row(0)[0], 1.0F);
  EXPECT_EQ(vectors.row(0)[1], -2.0F);
}

TEST_F(WordVectorFile, NamesTheWordsThatAreMissing) {
  write_word_vectors(path_, example(), WordVectorFormat::kNpy);
  std::filesystem::remove(vocabulary());
  try {
    static_cast<void>(read_word_vectors(path_));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find(".vocab.txt"), std::string::npos) << error.what();
  }
}

TEST(WordVectorFormats, AreKnownBySuffix) {
  EXPECT_EQ(word_vector_format("x/model.vec"), WordVectorFormat::kText);
  EXPECT_EQ(word_vector_format("model.bin"), WordVectorFormat::kBinary);
  EXPECT_EQ(word_vector_format("m.glove"), WordVectorFormat::kGlove);
  EXPECT_EQ(word_vector_format("m.safetensors"), WordVectorFormat::kSafetensors);
  EXPECT_EQ(word_vector_format("m.npy"), WordVectorFormat::kNpy);
  EXPECT_THROW(static_cast<void>(word_vector_format("model.pkl")), Error);
}

}  // namespace
}  // namespace sememe::vectors
