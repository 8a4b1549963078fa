#include "train/text_stream.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "sememe/error.h"

namespace sememe::train {
namespace {

class TextStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("sememe-text-stream-" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    for (int i = 0; i < 60000; ++i)
      text_ += "word" + std::to_string(i * 7919 % 1000) + (i % 11 == 0 ? "\n" : " ");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string read(const std::string& bytes, std::size_t piece = 10007) const {
    write_file_atomic(path_, bytes);
    TextStream stream(path_);
    std::string text;
    std::vector<char> buffer(piece);
    for (;;) {
      const std::size_t n = stream.read(buffer);
      text.append(buffer.data(), n);
      if (n < buffer.size()) break;
    }
    EXPECT_EQ(stream.position(), bytes.size());
    EXPECT_EQ(stream.size(), bytes.size());
    return text;
  }

  static std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
  }
  static std::string gzip(const std::string& text) {
    z_stream z = {};
    EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
  }

  ErrorCode refusal(const std::string& bytes) const {
    try {
      static_cast<void>(read(bytes));
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "was read";
    return ErrorCode::kIo;
  }

  Path path_;
  std::string text_;
};

TEST_F(TextStreamTest, ReadsPlainGzipAndZstandardAlike) {
  EXPECT_EQ(read(text_), text_);
  EXPECT_EQ(read(zstd(text_)), text_);
  EXPECT_EQ(read(gzip(text_)), text_);
  EXPECT_EQ(read(gzip(text_), 1), text_);
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("x"), "x");
}

TEST_F(TextStreamTest, ReadsMembersAndFramesOneAfterTheOther) {
  EXPECT_EQ(read(gzip("one ") + gzip("") + gzip(text_)), "one " + text_);
  EXPECT_EQ(read(zstd("one ") + zstd("") + zstd(text_)), "one " + text_);
  EXPECT_EQ(read(gzip(text_) + std::string(100, '\0')), text_);
}

TEST_F(TextStreamTest, RefusesWhatIsCutOrDamaged) {
  const std::string packed = gzip(text_);
  EXPECT_EQ(refusal(packed.substr(0, packed.size() - 3)), ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(packed.substr(0, 5)), ErrorCode::kCorrupt);
  const std::string frames = zstd(text_);
  EXPECT_EQ(refusal(frames.substr(0, frames.size() - 3)), ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(frames.substr(0, 4)), ErrorCode::kCorrupt);
  std::string damaged = packed;
  for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 20; ++i) damaged[i] = '\x55';
  EXPECT_EQ(refusal(damaged), ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(gzip(text_) + "trailing text"), ErrorCode::kCorrupt);
}

TEST_F(TextStreamTest, NamesWhatIsNotThere) {
  try {
    TextStream stream("/nonexistent/corpus.txt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/nonexistent/corpus.txt"), std::string::npos);
  }
}

}  // namespace
}  // namespace sememe::train
