#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

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
  const std::string text = "x";
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  const std::array pieces = {bytes, bytes};
  for (const bool in_pieces : {false, true}) {
    try {
      in_pieces ? write_all(full, "/dev/full", pieces) : write_all(full, "/dev/full", bytes);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      EXPECT_NE(std::string(error.what()).find("\"/dev/full\""), std::string::npos);
    }
  }
}

TEST(File, WritesManyPiecesInOrder) {
  const Path path = temporary("pieces.txt");
  std::string expected;
  std::vector<std::string> texts(3000);  // more than one call takes
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = std::string(i % 7, static_cast<char>('a' + i % 26));
    expected += texts[i];
  }
  texts.emplace_back(1 << 20, 'x');  // more than a pipe takes at once
  expected += texts.back();
  std::vector<std::span<const std::byte>> pieces;
  for (const std::string& text : texts) pieces.push_back(std::as_bytes(std::span(text)));
  write_all(open_file(path, O_WRONLY | O_CREAT | O_TRUNC), path, pieces);
  EXPECT_EQ(read_file(path), expected);

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const FileHandle from(ends[0]);
  std::thread writer([&] { write_all(FileHandle(ends[1]), "pipe", pieces); });
  std::string read;
  std::vector<char> buffer(1 << 16);
  while (const ssize_t got = ::read(from.get(), buffer.data(), buffer.size())) {
    ASSERT_GT(got, 0);
    read.append(buffer.data(), static_cast<std::size_t>(got));
  }
  writer.join();
  EXPECT_EQ(read, expected);
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
