// The functions of one instruction tier behind bit_rows.h. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_BIT_ROWS_TABLE_H_
#define SEMEME_KERNELS_BIT_ROWS_TABLE_H_

#include <cstddef>
#include <cstdint>

namespace sememe::kernels {

struct BitRowsBlock {
  const std::int8_t* query;
  std::size_t dims;
  float scale;
  float offset;
  const std::uint8_t* rows;
  std::size_t stride;
  const std::uint32_t* ids;  ///< [count]
  std::size_t count;
  float* closeness;
};

using EstimateBitRows = void (*)(const BitRowsBlock& block);

#if defined(__x86_64__)
extern const EstimateBitRows kAvx2BitRows;
extern const EstimateBitRows kAvx512BitRows;
#elif defined(__aarch64__)
extern const EstimateBitRows kNeonBitRows;
#endif

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_BIT_ROWS_TABLE_H_
