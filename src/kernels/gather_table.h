// The gather functions of one instruction tier, behind gather.h.
#ifndef SEMEME_KERNELS_GATHER_TABLE_H_
#define SEMEME_KERNELS_GATHER_TABLE_H_

#include <cstddef>
#include <cstdint>

#include "kernels/gather.h"

namespace sememe::kernels {

/// Rows of 8 bits that are summed in 16 bits before the sum could overflow: 256 * -128 = -2^15.
inline constexpr std::size_t kByteRows = 256;

struct GatherBlock {
  const std::byte* table;
  std::size_t stride;  ///< bytes of a row
  std::size_t cols;
  const TokenId* ids;
  std::size_t count;     ///< of ids, at least 1
  const float* weights;  ///< [count], or null
  float factor;          ///< of the sums
  float* out;
};

/// By RowType.
struct GatherTable {
  void (*sum[4])(const GatherBlock& block);
};

extern const GatherTable kScalarGather;
#if defined(__x86_64__)
extern const GatherTable kAvx2Gather;
extern const GatherTable kAvx512Gather;
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_GATHER_TABLE_H_
