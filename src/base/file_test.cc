#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sememe/error.h"

namespace sememe {
namespace {

Path temporary(const std::string& name) { return Path(testing::TempDir()) / name; }

ErrorCode code_of(const auto& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kIo;
}

TEST(File, WritesAtomicallyAndReadsBack) {
  const Path path = temporary("atomic.txt");
  write_file_atomic(path, "first");
  write_file_atomic(path, std::string("sec\0nd", 6));
  EXPECT_EQ(read_file(path), std::string("sec\0nd", 6));
  for (const auto& entry : std::filesystem::directory_iterator(testing::TempDir())) {
    EXPECT_EQ(entry.path().string().find("atomic.txt.tmp"), std::string::npos);
  }
}

TEST(File, MissingFileIsNotFoundAndDirectoryIsIo) {
  EXPECT_EQ(code_of([] { read_file(temporary("no-such-file")); }), ErrorCode::kNotFound);
  EXPECT_EQ(code_of([] { read_file(testing::TempDir()); }), ErrorCode::kIo);
}

TEST(File, LimitIsKeptAndNamed) {
  const Path path = temporary("limit.txt");
  write_file_atomic(path, "0123456789");
  EXPECT_EQ(read_file(path, 10), "0123456789");
  try {
    read_file(path, 9);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLimit);
    EXPECT_NE(std::string(error.what()).find("expected at most 9 bytes, file has 10"),
              std::string::npos);
  }
}

TEST(File, FullDiskIsIoThatNamesThePath) {
  const FileHandle full = open_file("/dev/full", O_WRONLY);
  try {
    const std::string bytes = "x";
    write_all(full, "/dev/full", std::as_bytes(std::span(bytes)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("\"/dev/full\""), std::string::npos);
  }
}

TEST(File, RenameReplacesAndNamesBothPathsWhenItCannot) {
  const Path from = temporary("rename-from.txt");
  const Path to = temporary("rename-to.txt");
  write_file_atomic(from, "new");
  write_file_atomic(to, "old");
  rename_file(from, to);
  EXPECT_EQ(read_file(to), "new");
  EXPECT_EQ(code_of([&] { rename_file(from, to); }), ErrorCode::kNotFound);
  const Path directory = temporary("rename-directory");
  std::filesystem::create_directories(directory);
  try {
    rename_file(to, directory);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("rename-to.txt\" to \""), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("rename-directory\": "), std::string::npos);
  }
}

TEST(File, ReadsWhatHasNoSizeToTheEnd) {
  EXPECT_NE(read_file("/proc/self/status").find("Name:"), std::string::npos);
}

TEST(File, StampChangesWithTheFile) {
  const Path path = temporary("stamp.txt");
  write_file_atomic(path, "a");
  const FileStamp before = file_stamp(path);
  EXPECT_EQ(before, file_stamp(path));
  write_file_atomic(path, "ab");
  EXPECT_NE(before, file_stamp(path));
}

TEST(MappedFile, ShowsTheBytesAndAnEmptyFileIsEmpty) {
  const Path path = temporary("map.txt");
  write_file_atomic(path, "mapped");
  const MappedFile map = MappedFile::open(path);
  EXPECT_EQ(map.bytes().size(), 6U);
  EXPECT_EQ(map.bytes()[0], std::byte{'m'});
  write_file_atomic(path, "");
  EXPECT_TRUE(MappedFile::open(path).bytes().empty());
}

}  // namespace
}  // namespace sememe
