#include "vectors/npy.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sememe/error.h"

namespace sememe::vectors {
namespace {

Path temporary(const char* name) { return Path(testing::TempDir()) / name; }

Matrix numbers(std::size_t rows, std::size_t cols) {
  Matrix matrix(rows, cols);
  for (std::size_t i = 0; i < matrix.values.size(); ++i)
    matrix.values[i] = 0.5F * static_cast<float>(i);
  return matrix;
}

TEST(Npy, ReadsBackWhatWasAppendedInPieces) {
  const Path path = temporary("pieces.npy");
  const Matrix matrix = numbers(5, 3);
  NpyWriter writer(path, 3);
  writer.append({matrix.values.data(), 2, 3});
  writer.append({matrix.values.data() + 6, 3, 3});
  writer.finish();
  const Matrix back = read_npy(path);
  EXPECT_EQ(back.rows, 5U);
  EXPECT_EQ(back.cols, 3U);
  EXPECT_EQ(back.values, matrix.values);
}

TEST(Npy, HeaderIsTheLayoutThatNumpyReads) {
  const Path path = temporary("header.npy");
  NpyWriter writer(path, 2);
  writer.append(numbers(1, 2).view());
  writer.finish();
  const std::string bytes = read_file(path);
  EXPECT_EQ(bytes.size(), 128U + 8U);
  EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(bytes.substr(10, 57), "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2),");
  EXPECT_EQ(bytes[127], '\n');
}

TEST(Npy, LeavesNoFileWhenNotFinished) {
  const Path path = temporary("unfinished.npy");
  {
    NpyWriter writer(path, 2);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Npy, APlaceThatCannotBeTakenIsAnErrorThatNamesIt) {
  const Path path = temporary("taken.npy");
  std::filesystem::create_directories(path);  // a file cannot replace a directory
  {
    NpyWriter writer(path, 2);
    try {
      writer.finish();
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      EXPECT_NE(std::string(error.what()).find("taken.npy\": "), std::string::npos) << error.what();
    }
  }
  std::filesystem::remove(path);
  for (const auto& entry : std::filesystem::directory_iterator(testing::TempDir())) {
    EXPECT_EQ(entry.path().string().find("taken.npy.tmp"), std::string::npos);
  }
}

TEST(Npy, ShapeThatContradictsTheSizeIsCorrupt) {
  const Path path = temporary("cut.npy");
  NpyWriter writer(path, 4);
  writer.append(numbers(8, 4).view());
  writer.finish();
  std::filesystem::resize_file(path, 128 + 16);
  try {
    read_npy(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_NE(std::string(error.what()).find("expected 8 x 4 floats, file has 4"),
              std::string::npos)
        << error.what();
  }
}

TEST(Npy, ReadsHalves) {
  const Path path = temporary("halves.npy");
  std::string header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }";
  header.resize(117, ' ');
  // 1, -2, 0.5, 65504
  const std::string bits("\x00\x3c\x00\xc0\x00\x38\xff\x7b", 8);
  write_file_atomic(path, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + bits);
  EXPECT_EQ(read_npy(path).values, (std::vector<float>{1, -2, 0.5, 65504}));
  const MappedFile file = MappedFile::open(path);
  EXPECT_THROW(parse_npy(file.bytes(), "halves"), Error);
}

TEST(Npy, OtherTypesAreNamedUnsupported) {
  const Path path = temporary("other.npy");
  write_file_atomic(path, "\x93NUMPY\x01");
  EXPECT_THROW(read_npy(path), Error);
}

}  // namespace
}  // namespace sememe::vectors
