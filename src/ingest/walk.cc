#include "ingest/walk.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "base/error_context.h"
#include "ingest/formats.h"
#include "ingest/ignore_rules.h"

namespace sememe::ingest {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

std::string system_message(std::string_view call, int number) {
  return concat(call, ": ", std::strerror(number));
}

FileStamp stamp_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::string_view type_name(mode_t mode) {
  if (S_ISLNK(mode)) return "symbolic link";
  if (S_ISFIFO(mode)) return "named pipe";
  if (S_ISSOCK(mode)) return "socket";
  if (S_ISBLK(mode) || S_ISCHR(mode)) return "device";
  return "neither file nor directory";
}

class Walker {
 public:
  explicit Walker(const WalkOptions& options) : options_(options) {}

  void add_root(const std::string& root) {
    const std::string path = normal_path(root);
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      const bool missing = errno == ENOENT || errno == ENOTDIR;
      throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
                  concat("expected a file or directory to index, ", quote(root), ": ",
                         std::strerror(errno)));
    }
    if (S_ISDIR(status.st_mode)) {
      enter_directory(path, options_.ignore_files == IgnoreFiles::kObey
                                ? IgnoreScope::load_with_parents(path)
                                : nullptr);
    } else {
      add_file(path, status);
    }
  }

  WalkResult take() {
    const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::stable_sort(result_.files.begin(), result_.files.end(), by_path);
    std::stable_sort(result_.skipped.begin(), result_.skipped.end(), by_path);
    std::stable_sort(result_.failed.begin(), result_.failed.end(), by_path);
    return std::move(result_);
  }

 private:
  void enter_directory(const std::string& path, const std::shared_ptr<const IgnoreScope>& scope) {
    if (!seen_.insert(path + "/").second) return;
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (!directory) {
      result_.failed.push_back({path, system_message("open directory", errno)});
      return;
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && name != ".git" && name != ".sememe") {
        names.emplace_back(name);
      }
      errno = 0;
    }
    if (errno != 0) result_.failed.push_back({path, system_message("read directory", errno)});
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) visit(path, name, scope);
  }

  void visit(const std::string& directory, const std::string& name,
             const std::shared_ptr<const IgnoreScope>& scope) {
    const std::string path = directory == "/" ? directory + name : concat(directory, "/", name);
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
      // What went between readdir and lstat was never there.
      if (errno != ENOENT) result_.failed.push_back({path, system_message("stat", errno)});
      return;
    }
    const bool is_directory = S_ISDIR(status.st_mode);
    const std::string shown = is_directory ? path + "/" : path;
    if (name[0] == '.' && options_.hidden == HiddenFiles::kSkip) {
      return skip(shown, "hidden", "its name begins with a dot");
    }
    if (scope != nullptr) {
      const auto verdict =
          scope->match(name, is_directory ? EntryType::kDirectory : EntryType::kFile);
      if (verdict && verdict->ignored) return skip(shown, "ignored", verdict->source);
    }
    if (is_directory) {
      enter_directory(path, scope == nullptr ? nullptr : IgnoreScope::load(path, scope));
    } else {
      add_file(path, status);
    }
  }

  void add_file(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) {
      return skip(path, "not a regular file", std::string(type_name(status.st_mode)));
    }
    const FileStamp stamp = stamp_of(status);
    if (stamp.size == 0) return skip(path, "empty", "0 bytes");
    if (is_unsupported_format(path)) {
      return skip(path, "unsupported format", std::string(Path(path).extension()));
    }
    if (stamp.size > options_.max_file_bytes) {
      return skip(path, "too large",
                  concat(stamp.size, " bytes, the limit is ", options_.max_file_bytes));
    }
    if (seen_.insert(path).second) result_.files.push_back({path, stamp});
  }

  void skip(const std::string& path, std::string reason, std::string detail) {
    if (!seen_.insert(path).second) return;
    result_.skipped.push_back({path, std::move(reason), std::move(detail)});
  }

  const WalkOptions& options_;
  WalkResult result_;
  std::set<std::string> seen_;  ///< roots may overlap; directories with a slash at their end
};

}  // namespace

std::string normal_path(const std::string& path) {
  std::string normal = std::filesystem::absolute(Path(path)).lexically_normal().native();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

WalkResult walk(std::span<const std::string> roots, const WalkOptions& options) {
  Walker walker(options);
  // Files first: one that is named is taken even if a directory that is named would skip it.
  std::vector<std::string> directories;
  for (const std::string& root : roots) {
    std::error_code ignored;
    if (std::filesystem::is_directory(root, ignored)) {
      directories.push_back(root);
    } else {
      walker.add_root(root);
    }
  }
  for (const std::string& root : directories) walker.add_root(root);
  return walker.take();
}

}  // namespace sememe::ingest
