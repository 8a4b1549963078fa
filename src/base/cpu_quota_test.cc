#include "base/cpu_quota.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace sememe {
namespace {

constexpr const char* kUnified = "35 24 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n";
constexpr const char* kLegacy =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";

class CpuQuota : public testing::Test {
 protected:
  CpuQuota() {
    root_ =
        Path(testing::TempDir()) /
        (std::string("cgroup-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(root_);
  }
  ~CpuQuota() override { std::filesystem::remove_all(root_); }

  void write(const std::string& name, const std::string& text) const {
    const Path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void process(const std::string& mounts, const std::string& cgroups) const {
    write("proc/self/mountinfo", mounts);
    write("proc/self/cgroup", cgroups);
  }
  void legacy_limit(const std::string& cgroup, const std::string& quota) const {
    write("sys/fs/cgroup/cpu,cpuacct" + cgroup + "/cpu.cfs_quota_us", quota);
    write("sys/fs/cgroup/cpu,cpuacct" + cgroup + "/cpu.cfs_period_us", "100000\n");
  }
  double quota() const { return cgroup_cpu_quota(root_); }

  Path root_;
};

TEST_F(CpuQuota, WithoutCgroupsThereIsNoLimit) { EXPECT_TRUE(std::isinf(quota())); }

TEST_F(CpuQuota, AContainerSeesItsOwnLimitAtTheMount) {
  process(kUnified, "0::/\n");
  write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(quota(), 1.5);
  write("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_TRUE(std::isinf(quota()));
}

TEST_F(CpuQuota, TheSmallestLimitOfTheOwnCgroupAndItsAncestorsCounts) {
  process(kUnified, "0::/user.slice/user-7.slice/job.scope\n");
  write("sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n");
  write("sys/fs/cgroup/user.slice/user-7.slice/cpu.max", "200000 100000\n");
  write("sys/fs/cgroup/user.slice/user-7.slice/job.scope/cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(quota(), 2);
  write("sys/fs/cgroup/user.slice/user-7.slice/job.scope/cpu.max", "25000 50000\n");
  EXPECT_DOUBLE_EQ(quota(), 0.5);
  write("sys/fs/cgroup/user.slice/user-8.slice/cpu.max", "1000 100000\n");  // somebody else's
  EXPECT_DOUBLE_EQ(quota(), 0.5);
}

TEST_F(CpuQuota, AnOwnCgroupThatIsNotVisibleFallsBackToItsVisibleAncestors) {
  process(kUnified, "0::/hidden/by/the/sandbox\n");
  write("sys/fs/cgroup/cpu.max", "300000 100000\n");
  EXPECT_DOUBLE_EQ(quota(), 3);
}

TEST_F(CpuQuota, VersionOneReadsItsOwnHierarchy) {
  process(kLegacy, "12:cpuset:/elsewhere\n4:cpu,cpuacct:/batch/job\n1:name=systemd:/\n");
  legacy_limit("", "-1\n");
  legacy_limit("/batch", "250000\n");
  legacy_limit("/batch/job", "-1\n");
  EXPECT_DOUBLE_EQ(quota(), 2.5);
  legacy_limit("/batch/job", "100000\n");
  EXPECT_DOUBLE_EQ(quota(), 1);
}

TEST_F(CpuQuota, VersionOneInAContainerStripsTheMountsRoot) {
  process("33 31 0:30 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n",
          "4:cpu,cpuacct:/docker/abc/inner\n");
  legacy_limit("", "400000\n");
  legacy_limit("/inner", "350000\n");
  EXPECT_DOUBLE_EQ(quota(), 3.5);
}

TEST_F(CpuQuota, BothVersionsAtATimeGiveTheSmallerOne) {
  process(std::string(kLegacy) +
              "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n",
          "4:cpu,cpuacct:/\n0::/\n");
  legacy_limit("", "300000\n");
  write("sys/fs/cgroup/unified/cpu.max", "200000 100000\n");
  EXPECT_DOUBLE_EQ(quota(), 2);
}

TEST_F(CpuQuota, AMountOfAnotherBranchDoesNotCountAndOneAboveTheNamespaceDoes) {
  process("35 24 0:30 /other /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/mine\n");
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_TRUE(std::isinf(quota()));
  process("35 24 0:30 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/\n");
  EXPECT_DOUBLE_EQ(quota(), 1);
}

TEST_F(CpuQuota, NonsenseIsNoLimit) {
  process("\n- - -\n35 24 0:30 /\n" + std::string(kUnified), "no colons\n0:\n::\n0::/\n");
  for (const char* text :
       {"", "0 100000\n", "-5 100000\n", "many few\n", "100000 0\n", "nan 1\n"}) {
    write("sys/fs/cgroup/cpu.max", text);
    EXPECT_TRUE(std::isinf(quota())) << text;
  }
  process(kUnified, "0::/../../etc\n");
  EXPECT_TRUE(std::isinf(quota()));
}

}  // namespace
}  // namespace sememe
