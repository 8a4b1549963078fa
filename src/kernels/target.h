// Compiles a region of a file for one instruction tier, without flags on the file.
//
// Everything between SEMEME_TARGET_<tier>_BEGIN and SEMEME_TARGET_END may use the tier's
// intrinsics. Include every standard header before the region: an inline function of the standard
// library that is compiled inside it could be the copy that the linker keeps for the whole program,
// which then fails on a machine without the tier. For the same reason code in a region has names of
// its own per tier (namespace avx2, namespace avx512) and uses no lambdas and no std templates.
#ifndef SEMEME_KERNELS_TARGET_H_
#define SEMEME_KERNELS_TARGET_H_

#include <cstddef>

#define SEMEME_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define SEMEME_TARGET_BEGIN(features) \
  SEMEME_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define SEMEME_TARGET_END SEMEME_PRAGMA(clang attribute pop)
#else
#define SEMEME_TARGET_BEGIN(features) \
  SEMEME_PRAGMA(GCC push_options) SEMEME_PRAGMA(GCC target(features))
#define SEMEME_TARGET_END SEMEME_PRAGMA(GCC pop_options)
#endif

#define SEMEME_TARGET_AVX2_BEGIN SEMEME_TARGET_BEGIN("avx2,fma")
#define SEMEME_TARGET_AVX512_BEGIN \
  SEMEME_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
#define SEMEME_TARGET_AMX_BEGIN                                                       \
  SEMEME_TARGET_BEGIN(                                                                \
      "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx512vbmi," \
      "amx-tile,amx-int8,amx-bf16")

#define SEMEME_TARGET_NEON_DOTPROD_BEGIN SEMEME_TARGET_BEGIN("arch=armv8.2-a+dotprod")
#define SEMEME_TARGET_NEON_I8MM_BEGIN SEMEME_TARGET_BEGIN("arch=armv8.2-a+i8mm")

#define SEMEME_ALWAYS_INLINE inline __attribute__((always_inline))

namespace sememe::kernels {

/// Asks for the cache lines of `bytes` bytes, to lie from the second level on. To the first, which
/// has few reads under way at a time, a request waits for room, and what comes behind it with it:
/// on Zen 4 walks of a graph took a fifth more time, those of the compact layout three quarters,
/// and training of 300 dimensions a third.
SEMEME_ALWAYS_INLINE void prefetch_lines(const void* from, std::size_t bytes) {
  constexpr int kSecondLevel = 2;
  for (std::size_t at = 0; at < bytes; at += 64) {
    __builtin_prefetch(static_cast<const char*>(from) + at, 0, kSecondLevel);
  }
}

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_TARGET_H_
