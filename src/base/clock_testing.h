// Bounds of time for tests that would notice a quadratic way.
#ifndef SEMEME_BASE_CLOCK_TESTING_H_
#define SEMEME_BASE_CLOCK_TESTING_H_

#include "base/clock.h"

namespace sememe {

/// CPU time since it was made, which other programs hardly lengthen, and the most of it that linear
/// work may take: work of a second, up to 15 under a sanitizer, and of minutes in a quadratic way.
class LinearTime {
 public:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr double kMostSeconds = 60;
#else
  static constexpr double kMostSeconds = 10;
#endif
  double seconds() const { return cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin_; }

 private:
  double begin_ = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
};

}  // namespace sememe

#endif  // SEMEME_BASE_CLOCK_TESTING_H_
