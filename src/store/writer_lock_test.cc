#include "store/writer_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_testing.h"

namespace sememe::store {
namespace {

class WriterLockTest : public testing::Test {
 protected:
  WriterLockTest() { std::filesystem::create_directories(directory_.path()); }
  std::string conflict() {
    return error_text(ErrorCode::kConflict, [&] { WriterLock::take(directory_); });
  }
  ScratchDirectory directory_;
};

TEST_F(WriterLockTest, IsHeldByOneAndFreeAfterwards) {
  {
    const WriterLock lock = WriterLock::take(directory_);
    EXPECT_HAS(conflict(), concat("is being written by process ", ::getpid(), " (started 2"));
    EXPECT_FALSE(WriterLock::probe(directory_));
  }
  EXPECT_NO_THROW(WriterLock::take(directory_));
  EXPECT_TRUE(WriterLock::probe(directory_));
}

TEST_F(WriterLockTest, IgnoresWhatADeadHolderWrote) {
  std::ofstream(directory_.path() / "writer.lock") << std::string(5000, 'x');
  const WriterLock lock = WriterLock::take(directory_);
  EXPECT_HAS(conflict(), concat("process ", ::getpid()));
}

TEST_F(WriterLockTest, PutsNothingStrangeIntoTheMessage) {
  const WriterLock lock = WriterLock::take(directory_);
  for (const char* text : {"", "gibberish", "process \x1b[31m (started x)\n", "process 1"}) {
    std::ofstream(directory_.path() / "writer.lock", std::ios::trunc) << text;
    EXPECT_EQ(conflict(), "is being written by another process");
  }
}

TEST_F(WriterLockTest, GoesWithAKilledProcess) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  char byte = 0;
  if (child == 0) {
    const WriterLock lock = WriterLock::take(directory_);
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(1);
  }
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_HAS(conflict(), concat("process ", child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(WriterLock::take(directory_));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(NetworkFileSystem, IsKnownByItsNumber) {
  EXPECT_EQ(network_file_system_name(0x6969), "NFS");
  EXPECT_EQ(network_file_system_name(static_cast<long>(0xff534d42)), "SMB");
  EXPECT_EQ(network_file_system_name(0xef53), "");  // ext4
  EXPECT_NO_THROW(refuse_network_file_system(testing::TempDir()));
}

}  // namespace
}  // namespace sememe::store
