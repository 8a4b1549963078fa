// The main of every folder's test program: GoogleTest's, in a temporary directory of the process's
// own.
//
// CTest runs each test as a process, several at once; a file of a fixed name in the common
// temporary directory is then shared by tests that know nothing of each other. TMPDIR is what both
// testing::TempDir() and std::filesystem::temp_directory_path() obey.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::string directory = (std::filesystem::temp_directory_path() / "sememe-test-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) {
    std::perror(directory.c_str());
    return 1;
  }
  ::chmod(directory.c_str(), 0755);  // tests that drop their rights read there as another user
  ::setenv("TMPDIR", directory.c_str(), 1);
  ::unsetenv("TEST_TMPDIR");
  const int result = RUN_ALL_TESTS();
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return result;
}
