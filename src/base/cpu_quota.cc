#include "base/cpu_quota.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sememe {
namespace {

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

enum class Version { kOne, kTwo };

/// A mounted hierarchy that may limit processor time.
struct Hierarchy {
  Version version;
  std::string root;   ///< the cgroup that stands at `mount`
  std::string mount;  ///< directory
};

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(','), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// A line of mountinfo: "id parent device ROOT MOUNT options [field ...] - TYPE source SUPER".
std::optional<Hierarchy> parse_mount(const std::string& line) {
  std::istringstream words(line);
  std::string skipped;
  std::string root;
  std::string mount;
  std::string word;
  words >> skipped >> skipped >> skipped >> root >> mount;
  while (words >> word && word != "-") {
  }
  std::string type;
  std::string super;
  if (!(words >> type >> skipped >> super)) return std::nullopt;
  if (type == "cgroup2") return Hierarchy{Version::kTwo, root, mount};
  if (type == "cgroup" && lists(super, "cpu")) return Hierarchy{Version::kOne, root, mount};
  return std::nullopt;
}

// The process's cgroup in the hierarchy of that version: a line "number:controllers:PATH".
std::optional<std::string> own_cgroup(const Path& root, Version version) {
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    const bool is_it = version == Version::kOne ? lists(controllers, "cpu")
                                                : line.starts_with("0:") && controllers.empty();
    if (is_it) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The directories of `cgroup` and its ancestors below the mount, then the mount itself.
std::vector<Path> directories_of(const Hierarchy& hierarchy, const std::string& cgroup,
                                 const Path& root) {
  const Path mount = root / Path(hierarchy.mount).relative_path();
  // The mount shows an ancestor of the process's cgroup namespace; the way down cannot be known.
  if (hierarchy.root.starts_with("/..")) return {mount};
  const Path below = Path(cgroup).lexically_relative(hierarchy.root);
  if (below.empty() || *below.begin() == "..") return {};  // the mount shows another branch
  std::vector<Path> directories = {mount};
  for (const Path& name : below) {
    if (name != ".") directories.push_back(directories.back() / name);
  }
  return directories;
}

double quota_in(const Path& directory, Version version) {
  std::string quota;
  double period = 0;
  if (version == Version::kTwo) {
    std::ifstream(directory / "cpu.max") >> quota >> period;
  } else {
    std::ifstream(directory / "cpu.cfs_quota_us") >> quota;
    std::ifstream(directory / "cpu.cfs_period_us") >> period;
  }
  double time = 0;
  if (!(std::istringstream(quota) >> time) || time <= 0 || period <= 0) return kNoQuota;
  return time / period;
}

}  // namespace

double cgroup_cpu_quota(const Path& root) {
  double quota = kNoQuota;
  std::ifstream mounts(root / "proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const std::optional<Hierarchy> hierarchy = parse_mount(line);
    if (!hierarchy) continue;
    const std::optional<std::string> cgroup = own_cgroup(root, hierarchy->version);
    if (!cgroup) continue;
    for (const Path& directory : directories_of(*hierarchy, *cgroup, root)) {
      quota = std::min(quota, quota_in(directory, hierarchy->version));
    }
  }
  return quota;
}

}  // namespace sememe
