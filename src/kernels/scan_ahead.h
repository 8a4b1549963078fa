// Asking memory for rows that a scan in order will come to.
#ifndef SEMEME_KERNELS_SCAN_AHEAD_H_
#define SEMEME_KERNELS_SCAN_AHEAD_H_

#include <cstddef>

#include "kernels/target.h"

namespace sememe::kernels {

/// How many bytes ahead a scan in order asks for what it will read; 0: it does not. Read once per
/// process.
///
/// Intel's processors fetch ahead up to the end of a page of 4 KiB: 6 KiB lie behind it (Emerald
/// Rapids reads codes of one bit at 1.09 of a plain read so, at 0.52 without). AMD's go on, and
/// what they are asked for beside it comes slower: each request holds one of 24 places of a core
/// until memory answers (Zen 4: 28 GiB/s without, 13 to 22 with 6 KiB). Others were not measured,
/// and are not asked.
std::size_t scan_ahead();

/// What a scan of `count` rows of `bytes` bytes each, side by side, asks for.
class ScanAhead {
 public:
  ScanAhead(std::size_t count, std::size_t bytes, std::size_t distance = scan_ahead())
      : distance_(distance), bytes_(bytes) {
    if (distance_ > 0 && count * bytes > distance_) askers_ = count - distance_ / bytes - 1;
  }
  /// The first so many rows have as much behind them as is asked for.
  SEMEME_ALWAYS_INLINE std::size_t askers() const { return askers_; }
  std::size_t distance() const { return distance_; }
  /// Asks for as much as a row has, at that distance behind its begin.
  SEMEME_ALWAYS_INLINE void ask(const void* row) const {
    prefetch_lines(static_cast<const char*>(row) + distance_, bytes_);
  }

 private:
  std::size_t distance_;
  std::size_t bytes_;
  std::size_t askers_ = 0;
};

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_SCAN_AHEAD_H_
