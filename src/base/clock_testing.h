// Bounds of time for tests that would notice a quadratic way.
#ifndef SEMEME_BASE_CLOCK_TESTING_H_
#define SEMEME_BASE_CLOCK_TESTING_H_

#include "base/clock.h"

namespace sememe {

/// Whether what is done since it was made took no longer than linear work does: of CPU time, which
/// other programs hardly lengthen. For work of a second, up to 15 under a sanitizer, and of minutes
/// in a quadratic way.
class LinearTime {
 public:
  bool was_kept() const { return seconds() - begin_ < kMostSeconds; }

 private:
  static double seconds() { return cpu_seconds(CLOCK_PROCESS_CPUTIME_ID); }
#if defined(__SANITIZE_ADDRESS__)
  static constexpr double kMostSeconds = 60;
#else
  static constexpr double kMostSeconds = 10;
#endif
  double begin_ = seconds();
};

}  // namespace sememe

#endif  // SEMEME_BASE_CLOCK_TESTING_H_
