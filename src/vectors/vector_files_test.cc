#include "vectors/vector_files.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sememe/error.h"
#include "vectors/npy.h"

namespace sememe::vectors {
namespace {

std::string fvecs(const Matrix& rows) {
  std::string out;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const auto dims = static_cast<std::int32_t>(rows.cols);
    out.append(reinterpret_cast<const char*>(&dims), sizeof dims);
    out.append(reinterpret_cast<const char*>(rows.row(r).data()), rows.cols * sizeof(float));
  }
  return out;
}

Matrix some_rows() {
  Matrix rows(3, 5);
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    rows.values[i] = 0.5F * static_cast<float>(i) - 2.0F;
  }
  return rows;
}

Path in_temporary(const std::string& name, std::string_view bytes) {
  Path path = Path(testing::TempDir()) / name;
  write_file_atomic(path, bytes);
  return path;
}

TEST(VectorFiles, ReadFvecsAndNpy) {
  const Matrix rows = some_rows();
  const Matrix read = read_vectors(in_temporary("rows.fvecs", fvecs(rows)));
  EXPECT_EQ(read.rows, 3);
  EXPECT_EQ(read.cols, 5);
  EXPECT_EQ(read.values, rows.values);
  const Path npy = Path(testing::TempDir()) / "rows.npy";
  NpyWriter writer(npy, 5);
  writer.append(rows.view());
  writer.finish();
  EXPECT_EQ(read_vectors(npy).values, rows.values);
  EXPECT_EQ(read_vectors(in_temporary("none.fvecs", "")).rows, 0);
}

TEST(VectorFiles, NameWhereAFileIsDamaged) {
  std::string bytes = fvecs(some_rows());
  const struct {
    std::string bytes;
    const char* expected;
  } damages[] = {
      {bytes.substr(0, 60), "rows of 24 bytes, found 12 behind the last"},
      {bytes.substr(0, 3), "1 to 1048576 dimensions at byte 0, found 0"},
      {std::string(8, '\xff'), "1 to 1048576 dimensions at byte 0, found -1"},
      {bytes.replace(24, 1, "\x06"), "expected 5 dimensions at byte 24, found 6"},
  };
  for (const auto& damage : damages) {
    const Path path = in_temporary("damaged.fvecs", damage.bytes);
    try {
      read_vectors(path);
      ADD_FAILURE() << "no error: " << damage.expected;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
      EXPECT_NE(std::string(error.what()).find(damage.expected), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("damaged.fvecs"), std::string::npos);
    }
  }
}

TEST(VectorFiles, RefuseOtherFiles) {
  try {
    read_vectors(in_temporary("words.txt", "2 2\na 1 2\nb 3 4\n"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  }
}

}  // namespace
}  // namespace sememe::vectors
