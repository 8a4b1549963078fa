// How much processor time the cgroups of this process grant it (containers, systemd slices, batch
// schedulers).
#ifndef SEMEME_BASE_CPU_QUOTA_H_
#define SEMEME_BASE_CPU_QUOTA_H_

#include "base/file.h"

namespace sememe {

/// Processors that the process may keep busy by quota; infinity where there is none. The smallest
/// quota counts of its own cgroup and all above it that can be seen, in version 2 (cpu.max) and
/// version 1 (cpu.cfs_quota_us) hierarchies. root: where /proc and the mounted hierarchies are
/// looked for; tests put their own there. What cannot be read or makes no sense is no limit.
/// Sources: Linux, admin-guide/cgroup-v2.rst, scheduler/sched-bwc.rst, proc(5) for mountinfo.
double cgroup_cpu_quota(const Path& root = "/");

}  // namespace sememe

#endif  // SEMEME_BASE_CPU_QUOTA_H_
