#include "kernels/scan_ahead.h"

namespace sememe::kernels {

std::size_t scan_ahead() {
#if defined(__x86_64__)
  constexpr std::size_t kBehindAPage = 6144;
  static const std::size_t bytes = [] {
    __builtin_cpu_init();
    return __builtin_cpu_is("intel") ? kBehindAPage : 0;
  }();
  return bytes;
#else
  return 0;
#endif
}

}  // namespace sememe::kernels
