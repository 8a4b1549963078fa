// What tests of word vector files share: a file that goes with the test.
#ifndef SEMEME_VECTORS_WORD_VECTORS_TESTING_H_
#define SEMEME_VECTORS_WORD_VECTORS_TESTING_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "sememe/error.h"
#include "vectors/word_vectors.h"

namespace sememe::vectors {

/// For hundreds of files in a test: synced, they took 19 seconds. (ext4 syncs a file that is cut to
/// nothing and written again, too.)
inline void write_unsynced(const Path& path, std::string_view bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

class WordVectorFile : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = Path(testing::TempDir()) /
            (std::string("word-vectors-") + test->test_suite_name() + test->name());
  }
  void TearDown() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(vocabulary());
  }

  /// Of path_, should that be a .npy file.
  Path vocabulary() const { return path_.native() + ".vocab.txt"; }

  WordVectors read(std::string_view bytes) const {
    write_unsynced(path_, bytes);
    return read_word_vectors(path_);
  }
  /// The message of the Error that reading these bytes gives.
  std::string refusal(std::string_view bytes, ErrorCode code = ErrorCode::kCorrupt) const {
    try {
      static_cast<void>(read(bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    return "was read";
  }

  Path path_;
};

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_WORD_VECTORS_TESTING_H_
