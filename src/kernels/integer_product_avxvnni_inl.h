// Integer products with AVX-VNNI; included inside a target region and the tier's namespace.

struct ProductSession {};  // AMX has something to set up

// Inline assembly: the compiler's intrinsics want a target of their own, and GCC 12 spills sums
// around them.
template <bool kWide>
SEMEME_ALWAYS_INLINE __m256i multiply_add(__m256i sum, __m256i a, __m256i b) {
  if constexpr (kWide) {
    asm("%{vex%} vpdpwssd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
  } else {
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
  }
  return sum;
}

#include "kernels/integer_tile_inl.h"

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  plain_product<kWide>(p);
}
