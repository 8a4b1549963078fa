// Seconds of processor time that were used.
#ifndef SEMEME_BASE_CLOCK_H_
#define SEMEME_BASE_CLOCK_H_

#include <time.h>

namespace sememe {

/// clock: CLOCK_PROCESS_CPUTIME_ID or CLOCK_THREAD_CPUTIME_ID.
inline double cpu_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace sememe

#endif  // SEMEME_BASE_CLOCK_H_
