#include "store/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>

#include "base/error_context.h"
#include "store/schema.h"

namespace sememe::store {
namespace {

// verify() holds the shared lock for a few milliseconds; a writer that starts then tries again.
constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kPause{10};

enum class Held { kYes, kNo };

Held try_lock(const FileHandle& file, const Path& path, int operation) {
  while (::flock(file.get(), operation | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return Held::kNo;
    throw Error(ErrorCode::kIo, concat("flock ", quote(path.native()), ": ", std::strerror(errno)));
  }
  return Held::kYes;
}

std::string describe_this_process() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 64> started{};
  std::strftime(started.data(), started.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return concat("process ", ::getpid(), " (started ", started.data(), ")");
}

// What the holder wrote, if it looks like it: the bytes go into a message.
std::string describe_holder(const FileHandle& file) {
  std::array<char, 80> bytes{};
  const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  const std::string_view text(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (!text.starts_with("process ") || !text.ends_with(")\n")) return "another process";
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < ' ' || c > '~') return "another process";
  }
  return std::string(text.substr(0, text.size() - 1));
}

}  // namespace

WriterLock WriterLock::take(const Path& directory) {
  const Path path = directory / kLockName;
  FileHandle file = open_file(path, O_RDWR | O_CREAT);
  for (int attempt = 1; try_lock(file, path, LOCK_EX) == Held::kNo; ++attempt) {
    if (attempt == kAttempts) {
      throw Error(ErrorCode::kConflict, concat("is being written by ", describe_holder(file)));
    }
    std::this_thread::sleep_for(kPause);
  }
  // Only for the messages of others: on a full disk the file stays empty, and that is all.
  const std::string text = describe_this_process() + "\n";
  if (::ftruncate(file.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t put = ::pwrite(file.get(), text.data(), text.size(), 0);
  }
  return WriterLock(std::move(file));
}

std::optional<WriterLock> WriterLock::probe(const Path& directory) {
  const Path path = directory / kLockName;
  FileHandle file = open_file(path, O_RDONLY);
  if (try_lock(file, path, LOCK_SH) == Held::kNo) return std::nullopt;
  return WriterLock(std::move(file));
}

std::string_view network_file_system_name(long type) {
  switch (static_cast<unsigned long>(type) & 0xffffffffUL) {
    case 0x6969UL:
      return "NFS";
    case 0x517bUL:
    case 0xff534d42UL:
    case 0xfe534d42UL:
      return "SMB";
    default:
      return {};
  }
}

void refuse_network_file_system(const Path& directory) {
  struct statfs status{};
  if (::statfs(directory.c_str(), &status) != 0) return;  // what follows reports it better
  const std::string_view name = network_file_system_name(static_cast<long>(status.f_type));
  if (name.empty()) return;
  throw Error(ErrorCode::kUnsupported,
              concat("expected a local file system, ", quote(directory.native()), " is on ", name,
                     ", where processes cannot share SQLite's memory"));
}

}  // namespace sememe::store
